using Holdfast.Tests.Shop.Steps;

namespace Holdfast.Tests.Shop.Stories;

/// <summary>Money that goes back, by the shop's will or against it.</summary>
internal static class MoneyBack
{
    public static ExpectedCustomer RefundedInTwoParts(ShopFloor shop)
    {
        var purchase = shop.Purchases.ByCard(shop.Catalog.Onboarding, "order_2001");
        shop.World.Wait(TimeSpan.FromDays(2));
        purchase.GiveBack(5000);
        shop.World.Wait(TimeSpan.FromDays(1));
        var rest = purchase.GiveBack(9900, "pending");
        shop.World.Wait(TimeSpan.FromDays(1));
        purchase.Settle(rest);
        return Purchases.EndsAs(purchase, shop.Catalog.Onboarding, paid: 14900, refunded: 14900);
    }

    public static ExpectedCustomer RefundComesBack(ShopFloor shop)
    {
        var purchase = shop.Purchases.ByCard(shop.Catalog.Onboarding, "order_2002");
        shop.World.Wait(TimeSpan.FromDays(2));
        var refund = purchase.GiveBack(14900);
        shop.World.Wait(TimeSpan.FromDays(8));
        purchase.Fail(refund);
        return Purchases.EndsAs(purchase, shop.Catalog.Onboarding, paid: 14900, refunded: 0);
    }

    /// <remarks>https://docs.stripe.com/disputes/how-disputes-work</remarks>
    public static ExpectedCustomer DisputeIsWon(ShopFloor shop)
    {
        Dispute(shop, "order_2003", isWon: true, out var purchase);
        return Purchases.EndsAs(purchase, shop.Catalog.Onboarding, paid: 14900, dispute: "won");
    }

    public static ExpectedCustomer DisputeIsLost(ShopFloor shop)
    {
        Dispute(shop, "order_2004", isWon: false, out var purchase);
        return Purchases.EndsAs(purchase, shop.Catalog.Onboarding, paid: 14900, dispute: "lost");
    }

    private static void Dispute(ShopFloor shop, string order, bool isWon, out Purchase purchase)
    {
        purchase = shop.Purchases.ByCard(shop.Catalog.Onboarding, order);
        shop.World.Wait(TimeSpan.FromDays(6));
        var dispute = purchase.Contest();
        shop.World.Wait(TimeSpan.FromDays(2));
        dispute = purchase.Answer(dispute);
        shop.World.Wait(TimeSpan.FromDays(20));
        purchase.Decide(dispute, isWon);
    }
}
