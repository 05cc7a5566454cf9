alter table events drop column later;
