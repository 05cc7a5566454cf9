using Holdfast.Tests.Shop.Steps;

namespace Holdfast.Tests.Shop.Stories;

/// <summary>What happens to one customer in the month, from the first visit on; returns how it must end.</summary>
internal delegate ExpectedCustomer Story(ShopFloor shop);

/// <summary>Every story there is. Customers take them in turn.</summary>
internal static class StoryBook
{
    public static IReadOnlyList<Story> Stories { get; } =
    [
        Beginnings.TrialBecomesPaid,
        Beginnings.NeverPays,
        Beginnings.PausedForWantOfACard,
        Beginnings.EndsInTheTrial,
        Renewals.Renews,
        Renewals.FailsAndRecovers,
        Renewals.BecomesUnpaid,
        Renewals.CanceledForWantOfPayment,
        Renewals.ProvesIdentity,
        Renewals.PaysByInvoice,
        Renewals.RenewsOnATestClock,
        Changes.Upgrades,
        Changes.AddsSeatsAndTakesThemBack,
        Changes.ChangesSeatsFourTimesInASecond,
        Changes.UpgradeWaitsForItsPayment,
        Changes.UpgradeIsNeverPaid,
        Changes.PausesCollection,
        Endings.CannotDecideToLeave,
        Endings.StaysAfterAll,
        Endings.LeavesAtOnce,
        Endings.AsksToBeForgotten,
        OneOffs.BuysOnce,
        OneOffs.BuysThreeByBankDebit,
        OneOffs.BankDebitFails,
        OneOffs.LeavesTheCheckout,
        OneOffs.PaysWhenTheWorkIsDone,
        OneOffs.HoldRunsOut,
        OneOffs.TriesAnotherCard,
        MoneyBack.RefundedInTwoParts,
        MoneyBack.RefundComesBack,
        MoneyBack.DisputeIsWon,
        MoneyBack.DisputeIsLost,
        Profiles.SavesACard,
        Profiles.MovesHouse,
        Profiles.InvoicedByHand,
        Profiles.MeetsATiger,
    ];
}
