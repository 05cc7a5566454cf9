using System.Globalization;
using System.Net;
using System.Text;
using System.Web;
using Holdfast.Tests.Ingest;

namespace Holdfast.Tests.Reconciliation;

/// <summary>Stripe's list of events, where the network is. Its clock is far ahead of ours: nobody may mix them up.</summary>
internal sealed class ListedEvents(TimeProvider ours) : HttpMessageHandler
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private readonly Lock _lock = new();
    private readonly List<Listed> _events = [];
    private readonly SemaphoreSlim _hung = new(0);
    private int _asked;

    public TimeSpan Ahead { get; set; } = TimeSpan.FromHours(7);

    public DateTimeOffset Now => ours.GetUtcNow() + Ahead;

    /// <summary>What was asked for, in order.</summary>
    public List<Asked> Questions { get; } = [];

    /// <summary>Called before each answer with its number, from 1; what it returns is answered instead.</summary>
    public Func<int, HttpResponseMessage?> Before { get; set; } = _ => null;

    /// <summary>It takes connections and says nothing.</summary>
    public bool Hangs { get; set; }

    /// <summary>Waits until one more question hangs.</summary>
    public Task HungAsync(CancellationToken ct) => _hung.WaitAsync(ct);

    public static HttpResponseMessage Error(int status) => new((HttpStatusCode)status)
    {
        Content = new StringContent("""{"error":{"type":"api_error","message":"It does not work."}}"""),
    };

    /// <summary>Something happens at Stripe.</summary>
    public EventBody Tell(string id, TimeSpan ago = default, bool delivered = false, TimeSpan shownAfter = default)
    {
        var created = Now - ago;
        var told = new EventBody(id)
        {
            Created = created.ToUnixTimeSeconds(),
            Object = $$"""{"id":"cus_{{id}}","object":"customer"}""",
        };
        Tell(told, "", delivered, created + shownAfter);
        return told;
    }

    public void Tell(EventBody told, string account = "", bool delivered = false, DateTimeOffset shownFrom = default) =>
        Tell(told.Id, told, told.Created, account, delivered, shownFrom);

    public void Tell(
        string id, string body, long created, string account = "", bool delivered = false, DateTimeOffset shownFrom = default)
    {
        lock (_lock)
        {
            _events.Add(new(id, body, created, account, delivered, shownFrom));
        }
    }

    /// <summary>How many events happened before that second.</summary>
    public int CreatedBefore(long second)
    {
        lock (_lock)
        {
            return _events.Count(one => one.Created < second);
        }
    }

    protected override void Dispose(bool disposing)
    {
        _hung.Dispose();
        base.Dispose(disposing);
    }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Hangs)
        {
            _hung.Release();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        var query = HttpUtility.ParseQueryString(request.RequestUri!.Query);
        var account = request.Headers.TryGetValues("Stripe-Account", out var named) ? named.Single() : "";
        var asked = new Asked(
            account, Number("created[gte]"), Number("created[lt]"), query["starting_after"], query["delivery_success"]);
        int number;
        lock (_lock)
        {
            Questions.Add(asked);
            number = ++_asked;
        }

        var response = Before(number) ?? Answer(asked, int.Parse(query["limit"]!, CultureInfo.InvariantCulture));
        response.Headers.Date = Now;
        response.Headers.TryAddWithoutValidation("Request-Id", $"req_{number}");
        response.RequestMessage = request;
        return response;

        long? Number(string name) => query[name] is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;
    }

    private HttpResponseMessage Answer(Asked asked, int limit)
    {
        List<Listed> fitting;
        lock (_lock)
        {
            fitting =
            [
                .. _events.Where(one => one.Account == asked.Account && one.ShownFrom <= Now
                        && one.Created >= (Now - Kept).ToUnixTimeSeconds()
                        && one.Created >= (asked.From ?? 0) && one.Created < (asked.To ?? long.MaxValue)
                        && (asked.DeliverySuccess is not "false" || !one.Delivered))
                    .Reverse()
                    .OrderByDescending(one => one.Created),
            ];
        }

        if (asked.After is not null)
        {
            fitting.RemoveRange(0, fitting.FindIndex(one => one.Id == asked.After) + 1);
        }

        var page = fitting.Take(limit).Select(one => one.Body);
        return new(HttpStatusCode.OK)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(
                $$"""
                {"object":"list","data":[{{string.Join(",\n", page)}}],"has_more":{{(fitting.Count > limit ? "true" : "false")}},
                "url":"/v1/events"}
                """)),
        };
    }

    private sealed record Listed(
        string Id, string Body, long Created, string Account, bool Delivered, DateTimeOffset ShownFrom);
}

/// <summary>What a page was asked by; moments in seconds since 1970.</summary>
internal sealed record Asked(string Account, long? From, long? To, string? After, string? DeliverySuccess);
