namespace Holdfast.Tests.Shop;

/// <summary>
/// The API versions the shop's events can be written in: one for each group of shapes Stripe has had since 2019,
/// in order of time, so that <c>shape &gt;= Basil</c> reads "since Basil".
/// </summary>
/// <remarks>https://docs.stripe.com/changelog</remarks>
public enum ApiVersionShape
{
    /// <summary>Plans instead of prices in subscriptions; refunds and charges nested in their parents.</summary>
    Of2019,

    /// <summary>Prices; periods still on the subscription, and the invoice still names its subscription.</summary>
    Of2024,

    /// <summary>Periods on the items, <c>invoice.parent</c>, <c>line.pricing</c>, payments of an invoice.</summary>
    Basil,

    /// <summary>Adds <c>billing_mode</c>, flexible for new subscriptions.</summary>
    Clover,

    /// <summary>Adds <c>status_details</c> and <c>customer_account</c>; <c>ui_mode</c> has new words.</summary>
    Endive,
}

public static class ApiVersions
{
    extension(ApiVersionShape shape)
    {
        /// <summary>The version as the event's <c>api_version</c> states it.</summary>
        public string Version => shape switch
        {
            ApiVersionShape.Of2019 => "2019-12-03",
            ApiVersionShape.Of2024 => "2024-06-20",
            ApiVersionShape.Basil => "2025-03-31.basil",
            ApiVersionShape.Clover => "2025-09-30.clover",
            ApiVersionShape.Endive => "2026-10-28.endive",
            _ => throw new ArgumentOutOfRangeException(nameof(shape), shape, "There is no such shape."),
        };
    }
}
