using Holdfast.Ingest;

namespace Holdfast.Tests.Ingest;

public sealed class EventIdTests
{
    [Theory]
    [InlineData("evt_1Abc")]
    [InlineData("evt_test_65Abc")]
    [InlineData("a")]
    [InlineData("!~")]
    public void An_id_is_kept_as_it_is(string text) => Assert.Equal(text, new EventId(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("evt_1 ")]
    [InlineData("evt_\0")]
    [InlineData("evt_\n")]
    [InlineData("evt_\u007F")]
    [InlineData("evt_é")]
    public void What_cannot_be_an_id_is_refused(string text) =>
        Assert.Throws<ArgumentException>(nameof(text), () => new EventId(text));

    [Fact]
    public void An_id_may_have_255_characters_and_no_more()
    {
        Assert.True(EventId.IsValid(new string('e', 255)));
        Assert.False(EventId.IsValid(new string('e', 256)));
    }

    [Fact]
    public void Ids_of_the_same_text_are_the_same_event()
    {
        Assert.Equal(new EventId("evt_1"), new EventId("evt_1"));
        Assert.NotEqual(new EventId("evt_1"), new EventId("EVT_1"));
    }
}
