using Holdfast.Mirror.Readers;

namespace Holdfast.Tests.Mirror.Readers;

public sealed class CheckoutSessionTests
{
    [Theory, EveryVersionOf("checkout.session")]
    public void The_same_facts_are_read_from_every_version(string sample)
    {
        Assert.Equal(Sample.Told(Facts), Sample.Told(CheckoutSession.Read(Sample.BodyOf(sample))));
    }

    [Theory]
    [InlineData("hosted", "hosted_page")]
    [InlineData("embedded", "embedded_page")]
    [InlineData("custom", "elements")]
    [InlineData("elements", "elements")]
    [InlineData("form", "form")]
    [InlineData("hologram", "hologram")]
    public void The_kind_of_page_is_read_in_the_words_of_today(string written, string read)
    {
        var body = Altered.With(Sample.BodyOf("checkout.session.2024-06-20"), "/ui_mode", $"\"{written}\"");

        Assert.Equal(read, CheckoutSession.Read(body).UiMode);
    }

    [Fact]
    public void A_session_that_carries_no_items_does_not_tell_that_nothing_is_bought()
    {
        Assert.Null(ByBankDebit.LineItems);
    }

    [Fact]
    public void Items_that_were_cut_are_known()
    {
        Assert.True(Shipped.HasMoreLineItems);
    }

    [Fact]
    public void A_bank_debit_on_its_way_is_complete_and_unpaid()
    {
        Assert.Equal(("complete", "unpaid"), (ByBankDebit.Status, ByBankDebit.PaymentStatus));
    }

    [Fact]
    public void What_the_payer_typed_goes_before_what_was_filled_in()
    {
        Assert.Equal("eli@example.com", ByBankDebit.CustomerEmail);
    }

    [Fact]
    public void A_session_without_an_address_has_no_shipping()
    {
        Assert.Null(ByBankDebit.Shipping);
    }

    [Fact]
    public void Every_line_of_an_address_is_read()
    {
        Assert.Equal(
            new ShippingDetails
            {
                Name = "Ida Lund",
                Line1 = "1 Main Street",
                Line2 = "Flat 2",
                PostalCode = "94103",
                City = "San Francisco",
                State = "CA",
                Country = "US",
            },
            Shipped.Shipping);
    }

    [Fact]
    public void The_lookup_key_of_a_bought_price_is_read()
    {
        Assert.Equal("mug_2026", Assert.Single(Shipped.LineItems!).LookupKey);
    }

    [Fact]
    public void Before_2020_08_27_display_items_tell_what_is_bought()
    {
        var session = CheckoutSession.Read(Sample.BodyOf("checkout_session-before-2020-08-27"));

        Assert.Equal(
            [("gold", "prod_Hf7Gold", 2), ("sku_Hf7Mug", "prod_Hf7Mug", 1)],
            session.LineItems!.Select(item => (item.Price, item.Product, item.Quantity)));
    }

    private static CheckoutSession ByBankDebit =>
        CheckoutSession.Read(Sample.BodyOf("checkout_session-paid-by-bank-debit"));

    private static CheckoutSession Shipped =>
        CheckoutSession.Read(Sample.BodyOf("checkout_session-shipped-and-cut"));

    private static readonly CheckoutSession Facts = new()
    {
        Id = "cs_test_a1Hf7Pro",
        Mode = "subscription",
        Status = "complete",
        PaymentStatus = "paid",
        UiMode = "embedded_page",
        ClientReferenceId = "4711",
        Customer = "cus_Hf7Ada",
        CustomerEmail = "ada@example.com",
        Subscription = "sub_1Hf7Pro",
        Invoice = "in_1Hf7First",
        AmountTotal = 16625,
        Currency = "eur",
        Shipping = new()
        {
            Name = "Ada Østby",
            Line1 = "Bryggen 7",
            PostalCode = "5003",
            City = "Bergen",
            Country = "NO",
        },
        LineItems =
        [
            new()
            {
                Id = "li_1Hf7Pro",
                Price = "price_1Hf7ProMonth",
                Product = "prod_Hf7Pro",
                Description = "Pro",
                Quantity = 7,
                AmountTotal = 16625,
                Currency = "eur",
            },
        ],
        CreatedAt = Sample.Day(-30),
        ExpiresAt = Sample.Day(-29),
        Metadata = new Dictionary<string, string> { ["campaign"] = "autumn" },
    };
}
