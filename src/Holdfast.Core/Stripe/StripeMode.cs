namespace Holdfast.Stripe;

/// <summary>Real money, or Stripe's sandbox. What belongs to one never counts in the other.</summary>
public enum StripeMode
{
    Live,
    Test,
}
