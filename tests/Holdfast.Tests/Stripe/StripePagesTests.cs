using Holdfast.Stripe;

namespace Holdfast.Tests.Stripe;

public sealed class StripePagesTests : IDisposable
{
    private static readonly StripeQuestion Events = new()
    {
        Path = "/v1/events",
        Query = [("limit", "2")],
        Lane = Lane.Repair,
        Cause = "catch_up",
    };

    private readonly FakeStripe _stripe = new();

    public void Dispose() => _stripe.Dispose();

    [Theory]
    [InlineData(PageWay.Older, "starting_after=evt_3", "starting_after=evt_1")]
    [InlineData(PageWay.Newer, "ending_before=evt_4", "ending_before=evt_2")]
    internal async Task Pages_follow_one_another_to_either_side_until_there_are_no_more(
        PageWay way, string second, string third)
    {
        _stripe.Answer(200, Page(hasMore: true, "evt_4", "evt_3"))
            .Answer(200, Page(hasMore: true, "evt_2", "evt_1"))
            .Answer(200, Page(hasMore: false));

        var pages = await ReadAsync(Events, way);

        Assert.Equal(
            [["evt_4", "evt_3"], ["evt_2", "evt_1"], []],
            pages.Select(page => Assert.IsType<StripePage.Full>(page).Data.Select(item => item.Text("id")!)));
        Assert.Equal(["?limit=2", $"?limit=2&{second}", $"?limit=2&{third}"], _stripe.Requests.Select(sent => sent.Uri.Query));
    }

    [Fact]
    public async Task Where_the_first_page_begins_is_said_in_the_question()
    {
        _stripe.Answer(200, Page(hasMore: true, "evt_9")).Answer(200, Page(hasMore: false));

        await ReadAsync(Events with { Query = [("ending_before", "evt_8")] }, PageWay.Newer);

        Assert.Equal(["?ending_before=evt_8", "?ending_before=evt_9"], _stripe.Requests.Select(sent => sent.Uri.Query));
    }

    [Fact]
    public async Task A_page_that_cannot_be_read_ends_it_and_is_told()
    {
        _stripe.Answer(200, Page(hasMore: true, "evt_2")).Answer(503);

        var pages = await ReadAsync(Events, PageWay.Older);

        Assert.IsType<StripePage.Full>(pages[0]);
        Assert.IsType<StripeAnswer.Later>(Assert.IsType<StripePage.Broken>(pages[1]).Answer);
        Assert.Equal(2, pages.Count);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"data":{},"has_more":false}""")]
    [InlineData("""{"data":[]}""")]
    [InlineData("""{"data":[],"has_more":true}""")]
    [InlineData("""{"data":[{"object":"event"}],"has_more":true}""")]
    [InlineData("<html>")]
    public async Task What_is_no_list_is_not_taken_for_an_empty_one(string body)
    {
        _stripe.Answer(200, body);

        Assert.IsType<StripePage.Broken>(Assert.Single(await ReadAsync(Events, PageWay.Older)));
    }

    private static string Page(bool hasMore, params string[] ids)
    {
        var data = string.Join(',', ids.Select(id => $"{{\"id\":\"{id}\"}}"));
        return $"{{\"object\":\"list\",\"data\":[{data}],\"has_more\":{(hasMore ? "true" : "false")}}}";
    }

    private async Task<List<StripePage>> ReadAsync(StripeQuestion question, PageWay way)
    {
        using var http = new HttpClient(_stripe, disposeHandler: false) { BaseAddress = new("https://stripe.example") };
        var pages = new List<StripePage>();
        await foreach (var page in new StripeClient(http, FakeStripe.Keys()).PagesAsync(
            question, way, TestContext.Current.CancellationToken))
        {
            pages.Add(page);
        }

        return pages;
    }
}
