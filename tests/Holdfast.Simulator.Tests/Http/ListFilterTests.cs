using Holdfast.Simulator.Tests.Support;

namespace Holdfast.Simulator.Tests.Http;

public sealed class ListFilterTests
{
    [Theory]
    [InlineData("/v1/products", "active=true")]
    [InlineData("/v1/prices", "active=true", "currency=usd", "product=prod_1", "type=recurring", "lookup_keys[0]=a")]
    [InlineData("/v1/plans", "active=true", "product=prod_1")]
    [InlineData("/v1/customers", "email=ada@example.com", "test_clock=clock_1")]
    [InlineData("/v1/payment_intents", "customer=cus_1")]
    [InlineData("/v1/setup_intents", "customer=cus_1", "payment_method=pm_1")]
    [InlineData("/v1/charges", "customer=cus_1", "payment_intent=pi_1", "transfer_group=a")]
    [InlineData("/v1/refunds", "charge=ch_1", "payment_intent=pi_1")]
    [InlineData("/v1/disputes", "charge=ch_1", "payment_intent=pi_1")]
    [InlineData("/v1/balance_transactions", "currency=usd", "source=ch_1", "type=charge")]
    [InlineData("/v1/radar/early_fraud_warnings", "charge=ch_1", "payment_intent=pi_1")]
    [InlineData("/v1/checkout/sessions", "customer=cus_1", "payment_intent=pi_1", "status=open", "subscription=sub_1")]
    [InlineData("/v1/promotion_codes", "active=true", "code=A", "customer=cus_1", "coupon=half")]
    [InlineData("/v1/invoices", "customer=cus_1", "status=open", "collection_method=send_invoice", "subscription=sub_1")]
    [InlineData("/v1/invoiceitems", "customer=cus_1", "invoice=in_1", "pending=true")]
    [InlineData("/v1/invoice_payments", "invoice=in_1", "status=paid")]
    [InlineData("/v1/subscriptions", "customer=cus_1", "collection_method=send_invoice", "status=all", "price=price_1")]
    public async Task A_list_takes_its_filters_even_when_it_is_empty(string path, params string[] filters)
    {
        await using var box = await Box.OpenAsync();

        var list = await box.GetAsync(path, filters);

        Assert.Empty(list["data"]!.AsArray());
    }

    [Fact]
    public async Task A_page_is_of_those_that_fit_and_its_neighbours_are_found_both_ways()
    {
        await using var box = await Box.OpenAsync();
        List<string> ada = [];
        for (var i = 0; i < 5; i++)
        {
            ada.Insert(0, (string)(await box.PostAsync("/v1/customers", "email=ada@example.com"))["id"]!);
            await box.PostAsync("/v1/customers", "email=grace@example.com");
        }

        await AssertPageAsync(box, ada[..2], hasMore: true);
        await AssertPageAsync(box, ada[2..4], hasMore: true, $"starting_after={ada[1]}");
        await AssertPageAsync(box, ada[4..], hasMore: false, $"starting_after={ada[3]}");
        await AssertPageAsync(box, [], hasMore: false, $"starting_after={ada[4]}");
        await AssertPageAsync(box, ada[2..4], hasMore: true, $"ending_before={ada[4]}");
        await AssertPageAsync(box, ada[..2], hasMore: false, $"ending_before={ada[2]}");
    }

    [Theory]
    [InlineData("starting_after")]
    [InlineData("ending_before")]
    public async Task A_page_beside_what_is_not_in_the_list_is_refused(string cursor)
    {
        await using var box = await Box.OpenAsync();
        var grace = await box.PostAsync("/v1/customers", "email=grace@example.com");

        var error = await box.RefusedAsync(
            400, "GET", "/v1/customers", "email=ada@example.com", $"{cursor}={grace["id"]}");

        Assert.Equal((cursor, "resource_missing"), ((string?)error["param"], (string?)error["code"]));
    }

    [Fact]
    public async Task A_customer_without_payment_methods_can_be_asked_for_its_cards()
    {
        await using var box = await Box.OpenAsync();
        var customer = await box.PostAsync("/v1/customers");

        var list = await box.GetAsync("/v1/payment_methods", $"customer={customer["id"]}", "type=card");

        Assert.Empty(list["data"]!.AsArray());
    }

    [Fact]
    public async Task A_second_filter_is_read_though_the_first_fits_nothing()
    {
        await using var box = await Box.OpenAsync();
        await box.PostAsync("/v1/customers", "email=grace@example.com");

        var list = await box.GetAsync("/v1/customers", "email=ada@example.com", "test_clock=clock_1");

        Assert.Empty(list["data"]!.AsArray());
    }

    private static async Task AssertPageAsync(Box box, IReadOnlyList<string> ids, bool hasMore, params string[] cursor)
    {
        var page = await box.GetAsync("/v1/customers", ["email=ada@example.com", "limit=2", .. cursor]);
        Assert.Equal(ids, page["data"]!.AsArray().Select(item => (string?)item!["id"]));
        Assert.Equal(hasMore, (bool)page["has_more"]!);
    }
}
