namespace Holdfast.Access;

/// <summary>What a plan says about one of its features.</summary>
public abstract record Feature
{
    private Feature() { }

    /// <summary>Granted without a limit; written <c>true</c>.</summary>
    public sealed record Unlimited : Feature;

    /// <summary>Named, so that a reader of the file sees it was meant, but not granted; written <c>false</c>.</summary>
    public sealed record Withheld : Feature;

    /// <summary>Granted up to a limit, whatever the quantity; written <c>5</c> or <c>{"limit":5}</c>.</summary>
    public sealed record UpTo(long Limit) : Feature;

    /// <summary>Granted so many times for each one bought; written <c>{"per_quantity":5}</c>.</summary>
    public sealed record PerQuantity(long Each) : Feature
    {
        /// <summary>Stops at the largest number there is instead of turning negative.</summary>
        public long LimitAt(long quantity) =>
            (long)Int128.Clamp((Int128)Each * quantity, 0, long.MaxValue);
    }
}
