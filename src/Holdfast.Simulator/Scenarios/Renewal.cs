namespace Holdfast.Simulator.Scenarios;

/// <summary>A customer subscribes, and the first renewal is paid.</summary>
internal static class Renewal
{
    public static async IAsyncEnumerable<TimeSpan> Play(Shopper shopper)
    {
        var customer = await shopper.SignUpAsync();
        yield return shopper.Moments();
        var subscription = await shopper.SubscribeAsync(customer, "pro");
        yield return await shopper.UntilRenewalAsync(subscription);
    }
}
