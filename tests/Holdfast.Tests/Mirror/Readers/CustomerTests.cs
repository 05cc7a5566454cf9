using Holdfast.Mirror.Readers;

namespace Holdfast.Tests.Mirror.Readers;

public sealed class CustomerTests
{
    [Theory, EveryVersionOf("customer")]
    public void The_same_facts_are_read_from_every_version(string sample)
    {
        Assert.Equal(Sample.Told(Facts), Sample.Told(Customer.Read(Sample.BodyOf(sample))));
    }

    [Fact]
    public void The_stub_that_is_left_of_a_deleted_customer_can_be_read()
    {
        Assert.True(Customer.Read(Sample.BodyOf("customer-deleted")).IsDeleted);
    }

    [Fact]
    public void Before_2019_10_17_the_balance_had_another_name()
    {
        Assert.Equal(250, Customer.Read(Sample.BodyOf("customer-before-2019-10-17")).Balance);
    }

    [Fact]
    public void Without_a_payment_method_the_default_source_is_charged()
    {
        Assert.Equal("card_1Hf7Old", Customer.Read(Sample.BodyOf("customer-before-2019-10-17")).DefaultPaymentMethod);
    }

    [Fact]
    public void A_customer_on_a_test_clock_is_known()
    {
        var body = Altered.With(Sample.BodyOf("customer.2026-10-28.endive"), "/test_clock", "\"clock_1\"");

        Assert.True(Customer.Read(body).IsOnTestClock);
    }

    private static readonly Customer Facts = new()
    {
        Id = "cus_Hf7Ada",
        Email = "ada@example.com",
        Name = "Ada Østby",
        Description = "Account 4711",
        Currency = "eur",
        Balance = -1500,
        DefaultPaymentMethod = "pm_1Hf7Visa",
        Discount = new() { Id = "di_1Hf7Spring", Coupon = "SPRING26", EndsAt = Sample.Day(90) },
        CreatedAt = Sample.Day(-30),
        Metadata = new Dictionary<string, string> { ["account"] = "4711", ["team"] = "Blå øy" },
    };
}
