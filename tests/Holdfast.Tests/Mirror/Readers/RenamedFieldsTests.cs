using System.Text.Json;
using System.Text.Json.Nodes;

namespace Holdfast.Tests.Mirror.Readers;

/// <summary>Fields that Stripe renamed or moved: a body that has both is read by the one of later versions.</summary>
public sealed class RenamedFieldsTests
{
    [Theory]
    [InlineData("charge", """{"payment_method":"pm_1"}""", """{"source":"card_1"}""")]
    [InlineData("customer", """{"balance":-7}""", """{"account_balance":-8}""")]
    [InlineData(
        "customer", """{"invoice_settings":{"default_payment_method":"pm_1"}}""", """{"default_source":"card_1"}""")]
    [InlineData("customer", """{"discount":{"source":{"coupon":"A"}}}""", """{"discount":{"coupon":"B"}}""")]
    [InlineData("payment_intent", """{"payment_method":"pm_1"}""", """{"source":"card_1"}""")]
    [InlineData("payment_intent", """{"latest_charge":"ch_1"}""", """{"charges":{"data":[{"id":"ch_2"}]}}""")]
    [InlineData("payment_intent", """{"next_action":{"type":"a"}}""", """{"next_source_action":{"type":"b"}}""")]
    [InlineData(
        "payment_intent",
        """{"last_payment_error":{"payment_method":"pm_1"}}""",
        """{"last_payment_error":{"source":"card_1"}}""")]
    [InlineData("price", """{"unit_amount":7}""", """{"amount":8}""")]
    [InlineData("price", """{"amount":7}""", """{"amount":null,"price":8}""")]
    [InlineData("price", """{"unit_amount_decimal":"7"}""", """{"amount_decimal":"8"}""")]
    [InlineData("price", """{"recurring":{"interval":"month"}}""", """{"interval":"year"}""")]
    [InlineData("price", """{"recurring":{"interval_count":7}}""", """{"interval_count":8}""")]
    [InlineData("price", """{"recurring":{"usage_type":"metered"}}""", """{"usage_type":"licensed"}""")]
    [InlineData("setup_intent", """{"mandate":"mandate_1"}""", """{"single_use_mandate":"mandate_2"}""")]
    public void Of_two_names_that_of_later_versions_counts(string type, string later, string earlier) =>
        Counts(type, later, earlier);

    [Theory]
    [InlineData(
        """{"collected_information":{"shipping_details":{"address":{"city":"Bergen"}}}}""",
        """{"shipping_details":{"address":{"city":"Oslo"}}}""")]
    [InlineData(
        """{"shipping_details":{"address":{"city":"Bergen"}}}""", """{"shipping":{"address":{"city":"Oslo"}}}""")]
    [InlineData("""{"line_items":{"data":[{"price":"price_1"}]}}""", """{"display_items":[{"plan":"gold"}]}""")]
    [InlineData(
        """{"line_items":{"data":[{"price":{"id":"price_1","product":"prod_1"}}]}}""",
        """{"line_items":{"data":[{"plan":{"id":"gold","product":"prod_2"}}]}}""")]
    [InlineData(
        """{"display_items":[{"plan":{"id":"gold","product":"prod_1"}}]}""",
        """{"display_items":[{"sku":{"id":"sku_1","product":"prod_2"}}]}""")]
    public void Of_two_names_in_a_checkout_that_of_later_versions_counts(string later, string earlier) =>
        Counts("checkout.session", later, earlier);

    [Theory]
    [InlineData(
        """{"parent":{"subscription_details":{"subscription":"sub_1"}}}""", """{"subscription":"sub_2"}""")]
    [InlineData(
        """{"parent":{"subscription_details":{"metadata":{"k":"1"}}}}""",
        """{"subscription_details":{"metadata":{"k":"2"}}}""")]
    [InlineData("""{"payments":{"data":[{"payment":{"payment_intent":"pi_1"}}]}}""", """{"payment_intent":"pi_2"}""")]
    [InlineData("""{"payments":{"data":[{"payment":{"charge":"ch_1"}}]}}""", """{"charge":"ch_2"}""")]
    [InlineData(
        """{"payments":{"data":[{"payment":{"payment_intent":{"latest_charge":"ch_1"}}}]}}""", """{"charge":"ch_2"}""")]
    [InlineData(
        """{"payments":{"data":[{"payment":{"charge":"ch_1"}}]}}""",
        """{"payments":{"data":[{"payment":{"payment_intent":{"latest_charge":"ch_2"}}}]}}""")]
    [InlineData("""{"collection_method":"send_invoice"}""", """{"billing":"charge_automatically"}""")]
    [InlineData("""{"total_taxes":[{"amount":7}]}""", """{"tax":8}""")]
    [InlineData("""{"tax":7}""", """{"total_tax_amounts":[{"amount":8}]}""")]
    [InlineData("""{"paid_out_of_band":false}""", """{"amount_paid_off_stripe":8}""")]
    [InlineData("""{"created":1790000000}""", """{"date":1790000001}""")]
    [InlineData("""{"status_transitions":{"finalized_at":1790000000}}""", """{"finalized_at":1790000001}""")]
    public void Of_two_names_in_an_invoice_that_of_later_versions_counts(string later, string earlier) =>
        Counts("invoice", later, earlier);

    [Theory]
    [InlineData("""{"parent":{"type":"subscription_item_details"}}""", """{"type":"invoiceitem"}""")]
    [InlineData("""{"pricing":{"price_details":{"price":"price_1"}}}""", """{"price":{"id":"price_2"}}""")]
    [InlineData("""{"pricing":{"price_details":{"product":"prod_1"}}}""", """{"price":{"product":"prod_2"}}""")]
    [InlineData(
        """{"price":{"id":"price_1","product":"prod_1"}}""", """{"plan":{"id":"gold","product":"prod_2"}}""")]
    [InlineData(
        """{"parent":{"subscription_item_details":{"subscription":"sub_1"}}}""", """{"subscription":"sub_2"}""")]
    [InlineData(
        """{"parent":{"invoice_item_details":{"subscription":"sub_1"}}}""", """{"subscription":"sub_2"}""")]
    [InlineData(
        """{"parent":{"subscription_item_details":{"subscription_item":"si_1"}}}""",
        """{"subscription_item":"si_2"}""")]
    [InlineData(
        """{"parent":{"subscription_item_details":{"invoice_item":"ii_1"}}}""", """{"invoice_item":"ii_2"}""")]
    [InlineData("""{"parent":{"invoice_item_details":{"invoice_item":"ii_1"}}}""", """{"invoice_item":"ii_2"}""")]
    [InlineData("""{"parent":{"subscription_item_details":{"proration":false}}}""", """{"proration":true}""")]
    [InlineData("""{"parent":{"invoice_item_details":{"proration":false}}}""", """{"proration":true}""")]
    [InlineData("""{"taxes":[{"amount":7}]}""", """{"tax_amounts":[{"amount":8}]}""")]
    public void Of_two_names_in_an_invoice_line_that_of_later_versions_counts(string later, string earlier) =>
        Counts("invoice", Line(later), Line(earlier));

    [Theory]
    [InlineData("""{"collection_method":"send_invoice"}""", """{"billing":"charge_automatically"}""")]
    [InlineData("""{"start_date":1790000000}""", """{"start":1790000001}""")]
    [InlineData("""{"default_payment_method":"pm_1"}""", """{"default_source":"card_1"}""")]
    [InlineData("""{"items":{"data":[{"price":"price_1"}]}}""", """{"items":{"data":[{"plan":"gold"}]}}""")]
    [InlineData(
        """{"items":{"data":[{"price":{"product":"prod_1","currency":"nok","unit_amount":7}}]}}""",
        """{"items":{"data":[{"plan":{"product":"prod_2","currency":"sek","amount":8}}]}}""")]
    [InlineData(
        """{"items":{"data":[{"price":{"recurring":{"interval":"month","interval_count":7}}}]}}""",
        """{"items":{"data":[{"plan":{"interval":"year","interval_count":8}}]}}""")]
    [InlineData(
        """{"items":{"data":[{"current_period_start":1790000000,"current_period_end":1790000001}]}}""",
        """{"current_period_start":1790000002,"current_period_end":1790000003}""")]
    public void Of_two_names_in_a_subscription_that_of_later_versions_counts(string later, string earlier) =>
        Counts("subscription", later, earlier);

    private static string Line(string line) => """{"lines":{"data":[""" + line + "]}}";

    private static void Counts(string type, string later, string earlier)
    {
        var (one, other) = (Told(type, later), Told(type, earlier));

        Assert.NotEqual(one, other);
        Assert.NotEqual(Told(type), other);
        Assert.Equal(one, Told(type, earlier, later));
    }

    private static string Told(string type, params string[] parts)
    {
        var body = JsonNode.Parse("""
            {
              "id": "x_1", "status": "open", "name": "Pro", "currency": "eur", "amount": 1, "amount_due": 1,
              "amount_paid": 1, "amount_remaining": 0, "total": 1,
              "items": {"data": [{"id": "si_1"}]}, "lines": {"data": [{"id": "il_1", "amount": 1}]}
            }
            """)!;
        foreach (var part in parts)
        {
            Merge(body, JsonNode.Parse(part)!);
        }

        return Sample.Told(Sample.Read(type, JsonElement.Parse(body.ToJsonString())));
    }

    private static void Merge(JsonNode into, JsonNode from)
    {
        if (from is JsonArray items)
        {
            foreach (var (index, item) in items.Index())
            {
                Merge(into[index]!, item!);
            }

            return;
        }

        foreach (var (name, value) in from.AsObject())
        {
            if (value is JsonObject or JsonArray && into[name]?.GetValueKind() == value.GetValueKind())
            {
                Merge(into[name]!, value);
            }
            else
            {
                into[name] = value?.DeepClone();
            }
        }
    }
}
