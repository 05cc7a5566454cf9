using Holdfast.Stripe;

namespace Holdfast.Tests.Stripe;

public sealed class StripeKeysTests
{
    [Fact]
    public void Each_job_has_its_own_key_or_the_general_one()
    {
        var keys = KeysOf(new() { General = "sk_test_general", Refunds = "rk_test_refunds" });

        Assert.Equal(
            ("sk_test_general", "sk_test_general", "rk_test_refunds"),
            (keys.For(StripeJob.Read)!.Text, keys.For(StripeJob.Payments)!.Text, keys.For(StripeJob.Refunds)!.Text));
        Assert.Equal(2, keys.All.Count);
    }

    [Fact]
    public void Without_a_general_key_a_job_may_have_none()
    {
        var keys = KeysOf(new() { Read = "rk_test_read" });

        Assert.Equal(("rk_test_read", null), (keys.For(StripeJob.Read)?.Text, keys.For(StripeJob.Payments)?.Text));
    }

    [Fact]
    public void New_keys_take_the_place_of_the_old_ones_which_are_still_known_by_name()
    {
        var keys = KeysOf(new() { General = "sk_test_old" });

        keys.Replace(new() { General = "sk_test_new" });

        Assert.Equal("sk_test_new", keys.For(StripeJob.Read)!.Text);
        Assert.Equal("STRIPE_SECRET_KEY", keys.NameOf(StripeKey.FingerprintOf("sk_test_old")));
        Assert.Null(keys.NameOf(StripeKey.FingerprintOf("sk_test_of_others")));
    }

    [Fact]
    public void A_key_of_the_other_mode_is_not_taken_and_the_old_ones_stay()
    {
        var keys = KeysOf(new() { General = "sk_test_old" });

        Assert.Throws<ArgumentException>(() => keys.Replace(new() { General = "sk_test_new", Refunds = "rk_live_wrong" }));

        Assert.Equal("sk_test_old", keys.For(StripeJob.Read)!.Text);
    }

    [Fact]
    public void A_key_shows_itself_nowhere() =>
        Assert.DoesNotContain("invented", $"{new StripeKey("STRIPE_SECRET_KEY", "sk_test_invented")}", StringComparison.Ordinal);

    private static StripeKeys KeysOf(StripeKeyOptions keys) => new(new() { Keys = keys }, StripeMode.Test);
}
