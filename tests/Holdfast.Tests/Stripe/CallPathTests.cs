using Holdfast.Stripe.Calls;

namespace Holdfast.Tests.Stripe;

public sealed class CallPathTests
{
    [Theory]
    [InlineData("/v1/events", "events", null, "/v1/events")]
    [InlineData("/v1/payment_intents/pi_1", "payment_intents", "/v1/payment_intents/pi_1", "/v1/payment_intents/{id}")]
    [InlineData(
        "/v1/checkout/sessions/cs_test_a1/line_items",
        "checkout/sessions",
        "/v1/checkout/sessions/cs_test_a1",
        "/v1/checkout/sessions/{id}/line_items")]
    [InlineData("/v2/core/events/evt_1", "core/events", "/v2/core/events/evt_1", "/v2/core/events/{id}")]
    [InlineData("/v1", "", null, "/v1")]
    [InlineData("/", "", null, "/")]
    public void A_path_tells_what_it_is_about(string path, string resource, string? @object, string shape) => Assert.Equal(
        (resource, @object, shape), (CallPath.Resource(path), CallPath.Object(path), CallPath.Shape(path)));

    [Fact]
    public void What_stands_behind_the_question_mark_is_left_out_and_what_is_endless_cut() => Assert.Equal(
        ("/v1/customers", CallPath.MaxLength),
        (CallPath.Of(new("https://api.stripe.com/v1/customers?email=ada@shop.example")),
            CallPath.Of(new($"https://api.stripe.com/{new string('x', 1000)}")).Length));
}
