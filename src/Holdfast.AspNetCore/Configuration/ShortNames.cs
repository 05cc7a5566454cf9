namespace Holdfast.AspNetCore.Configuration;

/// <summary>The names by which the most used settings go in the environment. They win over the section.</summary>
internal static class ShortNames
{
    public const string WebhookSecret = "STRIPE_WEBHOOK_SECRET";
    public const string SecretKey = "STRIPE_SECRET_KEY";
    public const string ReadKey = "STRIPE_READ_KEY";
    public const string PaymentsKey = "STRIPE_PAYMENTS_KEY";
    public const string RefundsKey = "STRIPE_REFUNDS_KEY";
    public const string ApiBase = "STRIPE_API_BASE";
    public const string DatabaseUrl = "DATABASE_URL";
    public const string Mode = "HOLDFAST_MODE";
    public const string Urls = "HOLDFAST_URLS";
    public const string PublicUrl = "HOLDFAST_PUBLIC_URL";
    public const string Plans = "HOLDFAST_PLANS";
    public const string ApiToken = "HOLDFAST_API_TOKEN";
    public const string Node = "HOLDFAST_NODE";
    public const string Server = "HOLDFAST_SERVER";

    public const string OurPrefix = "HOLDFAST_";

    /// <summary>Everything that may begin with <see cref="OurPrefix"/>.</summary>
    public static readonly string[] Ours = [Mode, Urls, PublicUrl, Plans, ApiToken, Node, Server];
}
