using Holdfast.AspNetCore;
using Holdfast.Stripe;
using Holdfast.Stripe.Calls;
using Holdfast.Tests.Stripe;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Holdfast.Tests.Configuration;

/// <summary>An application that sends its own calls of Stripe's API through the policy, as docs/stripe-net.md shows.</summary>
public sealed class OwnCallsTests
{
    [Fact]
    public async Task The_policy_goes_under_a_client_of_the_applications_own()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new() { EnvironmentName = Environments.Production });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["STRIPE_WEBHOOK_SECRET"] = "whsec_invented",
            ["STRIPE_SECRET_KEY"] = "sk_test_invented",
        });
        builder.AddHoldfast();
        builder.Services.AddHttpClient("stripe")
            .ConfigurePrimaryHttpMessageHandler(() => new FakeStripe())
            .AddHttpMessageHandler<StripeCallPolicy>();
        using var host = builder.Build();

        using var http = host.Services.GetRequiredService<IHttpClientFactory>().CreateClient("stripe");
        using var answer = await http.GetAsync(
            new Uri("https://stripe.example/v1/customers/cus_1"), TestContext.Current.CancellationToken);

        Assert.True(answer.IsSuccessStatusCode);
        var record = Assert.Single(host.Services.GetRequiredService<StripeCalls>().Records.Take().Waiting);
        Assert.Equal(("/v1/customers/cus_1", Lane.Live, "application"), (record.Path, record.Lane, record.Cause));
    }
}
