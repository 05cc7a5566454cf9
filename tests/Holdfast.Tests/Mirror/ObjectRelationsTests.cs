using System.Text.Json;
using Holdfast.Mirror;
using Holdfast.Tests.Mirror.Readers;

namespace Holdfast.Tests.Mirror;

public sealed class ObjectRelationsTests
{
    [Theory, EverySample]
    public void An_expanded_object_relates_as_its_bare_id(string sample)
    {
        var (type, body) = Open(sample);
        var expanded = Expandable.Expand(body);

        Assert.Equal(
            (ObjectRelations.CustomerOf(type, body), ObjectRelations.ParentOf(type, body)),
            (ObjectRelations.CustomerOf(type, expanded), ObjectRelations.ParentOf(type, expanded)));
    }

    [Theory, EverySample]
    public void Relations_are_texts_or_none_whatever_a_body_holds(string sample)
    {
        var (type, body) = Open(sample);
        var odd = Altered.With(body, (path, _) => path is "/object" ? null : "17");

        Assert.Null(ObjectRelations.CustomerOf(type, odd));
        Assert.Null(ObjectRelations.ParentOf(type, odd));
        Assert.Null(ObjectRelations.StatusOf(odd));
    }

    [Theory]
    [InlineData("customer.2026-10-28.endive", "cus_Hf7Ada")]
    [InlineData("customer-deleted", "cus_Hf7Gone")]
    [InlineData("subscription.2026-10-28.endive", "cus_Hf7Ada")]
    [InlineData("entitlements.active_entitlement_summary.2026-10-28.endive", "cus_Hf7Ada")]
    [InlineData("product.2026-10-28.endive", null)]
    [InlineData("checkout_session-paid-by-bank-debit", null)]
    public void An_object_belongs_to_the_customer_it_names(string sample, string? customer)
    {
        var (type, body) = Open(sample);

        Assert.Equal(customer, ObjectRelations.CustomerOf(type, body));
    }

    [Fact]
    public void An_object_of_a_type_nobody_knows_has_a_customer_too()
    {
        var body = JsonElement.Parse("""{"object":"loyalty.card","customer":"cus_1"}""");

        Assert.Equal("cus_1", ObjectRelations.CustomerOf("loyalty.card", body));
    }

    [Theory]
    [InlineData("invoice.2019-12-03", "sub_1Hf7Pro")]
    [InlineData("invoice.2024-06-20", "sub_1Hf7Pro")]
    [InlineData("invoice.2025-03-31.basil", "sub_1Hf7Pro")]
    [InlineData("invoice.2026-10-28.endive", "sub_1Hf7Pro")]
    [InlineData("invoice-made-by-hand", null)]
    [InlineData("invoice_payment.2026-10-28.endive", "in_1Hf7Nov")]
    [InlineData("payment_intent-of-an-invoice-2024", "in_1Hf7Inv")]
    [InlineData("payment_intent.2026-10-28.endive", null)]
    [InlineData("charge.2026-10-28.endive", "pi_3Hf7Nov")]
    [InlineData("refund.2026-10-28.endive", "ch_3Hf7Nov")]
    [InlineData("dispute.2026-10-28.endive", "ch_3Hf7Nov")]
    [InlineData("price.2026-10-28.endive", "prod_Hf7Pro")]
    [InlineData("checkout.session.2026-10-28.endive", "sub_1Hf7Pro")]
    [InlineData("checkout_session-paid-by-bank-debit", "pi_3Hf7Debit")]
    [InlineData("checkout_session-for-a-card", "seti_1Hf7Card")]
    [InlineData("subscription.2026-10-28.endive", null)]
    [InlineData("customer.2026-10-28.endive", null)]
    public void An_object_hangs_on_what_its_kind_hangs_on(string sample, string? parent)
    {
        var (type, body) = Open(sample);

        Assert.Equal(parent, ObjectRelations.ParentOf(type, body));
    }

    [Theory]
    [InlineData(
        "invoice",
        """{"subscription":"sub_old","parent":{"subscription_details":{"subscription":"sub_new"}}}""",
        "sub_new")]
    [InlineData(
        "checkout.session",
        """{"setup_intent":"seti_1","payment_intent":"pi_1","subscription":"sub_1"}""",
        "sub_1")]
    [InlineData("checkout.session", """{"setup_intent":"seti_1","payment_intent":"pi_1"}""", "pi_1")]
    public void Of_several_it_names_it_hangs_on_the_first(string type, string body, string parent) =>
        Assert.Equal(parent, ObjectRelations.ParentOf(type, JsonElement.Parse(body)));

    [Fact]
    public void A_status_is_noted_as_Stripe_wrote_it()
    {
        Assert.Equal(
            "requires_source_action", ObjectRelations.StatusOf(Sample.BodyOf("payment_intent-before-2019-02-11")));
    }

    [Theory]
    [InlineData("subscription", "canceled", true)]
    [InlineData("subscription", "incomplete_expired", true)]
    [InlineData("subscription", "active", false)]
    [InlineData("subscription", "unpaid", false)]
    [InlineData("subscription", "paused", false)]
    [InlineData("payment_intent", "succeeded", true)]
    [InlineData("payment_intent", "canceled", true)]
    [InlineData("payment_intent", "processing", false)]
    [InlineData("payment_intent", "requires_capture", false)]
    [InlineData("invoice", "paid", true)]
    [InlineData("invoice", "void", true)]
    [InlineData("invoice", "uncollectible", false)]
    [InlineData("setup_intent", "succeeded", false)]
    [InlineData("setup_intent", "canceled", false)]
    [InlineData("refund", "succeeded", false)]
    [InlineData("dispute", "lost", false)]
    [InlineData("charge", "succeeded", false)]
    [InlineData("invoice_payment", "paid", false)]
    [InlineData("subscription", null, false)]
    public void Only_the_last_words_are_absorbing(string type, string? status, bool isAbsorbing)
    {
        Assert.Equal(isAbsorbing, ObjectRelations.IsAbsorbing(type, status));
    }

    private static (string Type, JsonElement Body) Open(string name)
    {
        var sample = Sample.Named(name);
        return (sample.Type, sample.Body);
    }
}
