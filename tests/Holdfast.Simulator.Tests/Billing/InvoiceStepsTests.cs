using System.Text.Json.Nodes;
using Holdfast.Simulator.Tests.Support;

namespace Holdfast.Simulator.Tests.Billing;

/// <summary>Invoices on their way: paid, voided, resting; and the balance and the items they take in.</summary>
public sealed class InvoiceStepsTests
{
    [Fact]
    public async Task While_a_debit_is_under_way_nobody_can_pay_it_again_or_void_it()
    {
        await using var box = await Box.OpenAsync();
        var customer = (await box.PostAsync("/v1/customers")).Id();
        await box.PostAsync("/v1/invoiceitems", $"customer={customer}", "amount=2000", "currency=eur");
        var invoice = (await box.PostAsync("/v1/invoices", $"customer={customer}", "currency=eur",
            "pending_invoice_items_behavior=include")).Id();
        await box.PostAsync($"/v1/invoices/{invoice}/pay", "payment_method=pm_sepaDebit_success_de");

        var error = await box.RefusedAsync(
            400, "POST", $"/v1/invoices/{invoice}/pay", "payment_method=pm_card_visa");
        await box.RefusedAsync(400, "POST", $"/v1/invoices/{invoice}/pay", "paid_out_of_band=true");
        await box.RefusedAsync(400, "POST", $"/v1/invoices/{invoice}/void");
        await box.PassAsync(TimeSpan.FromMinutes(1));

        Assert.Equal("payment_intent_unexpected_state", error.Text("code"));
        Assert.Equal("paid", (await box.GetAsync($"/v1/invoices/{invoice}")).Text("status"));
        Assert.Single((await box.GetAsync("/v1/charges"))["data"]!.AsArray());
    }

    [Fact]
    public async Task The_event_of_a_new_item_bears_all_that_was_said_of_it()
    {
        await using var shop = await Shop.OpenAsync();

        await ItemAsync(shop, 700, "description=Setup", "metadata[order]=17", "discountable=false",
            "period[start]=1767225600", "period[end]=1767312000");

        var told = shop.Box.LastOf("invoiceitem.created").Show(shop.Box.World, shop.Box.World.DefaultVersion);
        Assert.Equal(("Setup", "17", "false", 1_767_312_000), (told.Text("data.object.description"),
            told.Text("data.object.metadata.order"), told.Text("data.object.discountable"),
            told.Number("data.object.period.end")));
    }

    [Theory]
    [InlineData(-500, 1500)]
    [InlineData(300, 2300)]
    public async Task Voided_it_gives_back_what_it_had_used_of_the_balance(long balance, long due)
    {
        await using var shop = await Shop.OpenAsync();
        await shop.Box.PostAsync($"/v1/customers/{shop.Customer}", $"balance={balance}");
        var invoice = await OpenAsync(shop, 2000);
        Assert.Equal(due, invoice.Number("amount_due"));
        Assert.Equal(0, (await shop.Box.GetAsync($"/v1/customers/{shop.Customer}")).Number("balance"));

        await shop.Box.PostAsync($"/v1/invoices/{invoice.Id()}/void");

        Assert.Equal(balance, (await shop.Box.GetAsync($"/v1/customers/{shop.Customer}")).Number("balance"));
        var told = shop.Box.LastOf("customer.updated").Show(shop.Box.World, shop.Box.World.DefaultVersion);
        Assert.Equal(0, told.Number("data.previous_attributes.balance"));
    }

    [Fact]
    public async Task A_bill_finalized_by_time_tells_what_it_changed_of_its_customer()
    {
        await using var shop = await Shop.OpenAsync(card: null);
        await shop.SubscribeAsync(
            await shop.PriceAsync(1500), "collection_method=send_invoice", "days_until_due=7");
        await shop.Box.PostAsync($"/v1/customers/{shop.Customer}", "balance=-400");

        await shop.AdvanceAsync(Shop.Hour);

        var told = shop.Box.LastOf("customer.updated").Show(shop.Box.World, shop.Box.World.DefaultVersion);
        Assert.Equal((0, 2), (told.Number("data.object.balance"), told.Number("data.object.next_invoice_sequence")));
        Assert.Equal(-400, told.Number("data.previous_attributes.balance"));
    }

    [Fact]
    public async Task A_finalized_invoice_says_that_it_can_be_edited_no_more()
    {
        await using var shop = await Shop.OpenAsync();
        var invoice = await OpenAsync(shop, 2000);

        var error = await shop.Box.RefusedAsync(400, "POST", $"/v1/invoices/{invoice.Id()}", "description=New");
        var noted = await shop.Box.PostAsync($"/v1/invoices/{invoice.Id()}", "metadata[note]=late");

        Assert.Equal(("invoice_not_editable", "description"), (error.Text("code"), error.Text("param")));
        Assert.Equal("late", noted.Text("metadata.note"));
    }

    [Theory]
    [InlineData("/v1/prices", "unit_amount=5", "product_data[name]=Thing")]
    [InlineData("/v1/coupons", "amount_off=5")]
    [InlineData("/v1/plans", "amount=5", "interval=month", "product[name]=Gold")]
    public async Task A_currency_is_three_letters(string path, params string[] fields)
    {
        await using var box = await Box.OpenAsync();

        var error = await box.RefusedAsync(400, "POST", path, [.. fields, "currency=dollars"]);

        Assert.Equal("currency", error.Text("param"));
    }

    [Theory]
    [InlineData("jpy", "1 × Plan (at ¥500 / month)")]
    [InlineData("xof", "1 × Plan (at 500 XOF / month)")]
    [InlineData("eur", "1 × Plan (at €5.00 / month)")]
    public async Task An_amount_is_shown_as_its_currency_counts(string currency, string description)
    {
        await using var shop = await Shop.OpenAsync();
        var price = (await shop.Box.PostAsync("/v1/prices", $"currency={currency}", "unit_amount=500",
            "recurring[interval]=month", "product_data[name]=Plan")).Id();

        var subscription = await shop.SubscribeAsync(price);

        var invoice = await shop.InvoiceAsync(subscription);
        Assert.Equal((500, description), (invoice.Number("amount_paid"), invoice.Text("lines.data.0.description")));
    }

    private static async Task<JsonObject> OpenAsync(Shop shop, long amount)
    {
        await ItemAsync(shop, amount);
        var draft = await shop.Box.PostAsync(
            "/v1/invoices", $"customer={shop.Customer}", "pending_invoice_items_behavior=include");
        return await shop.Box.PostAsync($"/v1/invoices/{draft.Id()}/finalize");
    }

    private static Task<JsonObject> ItemAsync(Shop shop, long amount, params string[] more) => shop.Box.PostAsync(
        "/v1/invoiceitems", [$"customer={shop.Customer}", $"amount={amount}", "currency=usd", .. more]);
}
