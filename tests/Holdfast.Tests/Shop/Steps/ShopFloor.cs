namespace Holdfast.Tests.Shop.Steps;

/// <summary>Everything a story needs at hand: what is sold, and the ways of buying it.</summary>
internal sealed class ShopFloor
{
    public ShopFloor(StripeWorld world)
    {
        World = world;
        Catalog = Catalog.Open(world);
        Payments = new(world);
        Billing = new(world, Payments);
        SignUps = new(world, Payments, Billing);
        Purchases = new(world, Payments, SignUps);
    }

    public StripeWorld World { get; }

    public Catalog Catalog { get; }

    public Payments Payments { get; }

    public Billing Billing { get; }

    public SignUps SignUps { get; }

    public Purchases Purchases { get; }
}
