using Holdfast.Mirror.Readers;

namespace Holdfast.Tests.Mirror.Readers;

public sealed class ActiveEntitlementSummaryTests
{
    [Theory, EveryVersionOf("entitlements.active_entitlement_summary")]
    public void The_same_facts_are_read_from_every_version(string sample)
    {
        Assert.Equal(Sample.Told(Facts), Sample.Told(ActiveEntitlementSummary.Read(Sample.BodyOf(sample))));
    }

    [Fact]
    public void A_list_that_was_cut_is_known()
    {
        var whole = Sample.BodyOf("entitlements.active_entitlement_summary.2026-10-28.endive");
        var body = Altered.With(whole, "/entitlements/has_more", "true");

        Assert.True(ActiveEntitlementSummary.Read(body).HasMoreEntitlements);
    }

    private static readonly ActiveEntitlementSummary Facts = new()
    {
        Customer = "cus_Hf7Ada",
        Entitlements =
        [
            new() { Id = "ent_Hf7Export", Feature = "feat_Hf7Export", LookupKey = "export" },
            new() { Id = "ent_Hf7Api", Feature = "feat_Hf7Api", LookupKey = "api" },
        ],
    };
}
