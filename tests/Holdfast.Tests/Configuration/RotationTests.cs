using Holdfast.AspNetCore;
using Holdfast.Ingest;
using Holdfast.Stripe;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Holdfast.Tests.Configuration;

/// <summary>Keys that change while the server runs.</summary>
public sealed class RotationTests : IDisposable
{
    private readonly IHost _host;
    private readonly IConfigurationRoot _configuration;

    public RotationTests()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new() { EnvironmentName = Environments.Production });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["STRIPE_WEBHOOK_SECRET"] = "whsec_invented",
            ["STRIPE_SECRET_KEY"] = "sk_test_first",
        });
        builder.AddHoldfast();
        _configuration = builder.Configuration;
        _host = builder.Build();
        _host.Services.GetRequiredService<Endpoints>();
        Keys = _host.Services.GetRequiredService<StripeKeys>();
    }

    private StripeKeys Keys { get; }

    public void Dispose() => _host.Dispose();

    [Fact]
    public void A_new_key_counts_without_a_restart()
    {
        Change(("STRIPE_SECRET_KEY", "sk_test_second"), ("STRIPE_REFUNDS_KEY", "rk_test_refunds"));

        Assert.Equal(
            ("sk_test_second", "rk_test_refunds"), (Keys.For(StripeJob.Read)?.Text, Keys.For(StripeJob.Refunds)?.Text));
    }

    [Theory]
    [InlineData("sk_live_invented")]
    [InlineData("pk_test_invented")]
    public void A_key_that_cannot_be_used_leaves_the_one_that_worked(string key)
    {
        Change(("STRIPE_SECRET_KEY", key));
        Assert.Equal("sk_test_first", Keys.For(StripeJob.Read)?.Text);

        Change(("STRIPE_SECRET_KEY", "sk_test_second"));
        Assert.Equal("sk_test_second", Keys.For(StripeJob.Read)?.Text);
    }

    private void Change(params (string Key, string Value)[] values)
    {
        foreach (var (key, value) in values)
        {
            _configuration[key] = value;
        }

        _configuration.Reload();
    }
}
