using Holdfast.Tests.Shop.Objects;

namespace Holdfast.Tests.Shop.Steps;

/// <summary>What the shop sells.</summary>
internal sealed record Catalog
{
    /// <summary>9 dollars a month; known by its price id alone.</summary>
    public required Price Starter { get; init; }

    /// <summary>29 dollars a month; lookup key <c>pro_monthly</c>.</summary>
    public required Price Pro { get; init; }

    /// <summary>290 dollars a year; lookup key <c>pro_yearly</c>.</summary>
    public required Price ProYearly { get; init; }

    /// <summary>12 dollars a month for each seat; lookup key <c>team_seat</c>.</summary>
    public required Price Team { get; init; }

    /// <summary>149 dollars, once.</summary>
    public required Price Onboarding { get; init; }

    /// <summary>Puts everything on sale, and tells what happens to products and prices that do not stay.</summary>
    public static Catalog Open(StripeWorld world)
    {
        world.ActOnRequest();
        var starter = Product("Starter", "For one person.");
        var pro = Product("Pro", "For people who live in it.");
        var team = Product("Team", "For people who live in it together.");
        var extras = Product("Extras", "Bought once: Anfänger-Einführung.");
        Catalog catalog = new()
        {
            Starter = Price(starter, 900, "month"),
            Pro = Price(pro, 2900, "month", "pro_monthly"),
            ProYearly = Price(pro, 29000, "year", "pro_yearly"),
            Team = Price(team, 1200, "month", "team_seat"),
            Onboarding = Price(extras, 14900),
        };
        world.Wait(3);
        world.TellChange("product.updated", pro with { DefaultPrice = catalog.Pro.Id, UpdatedAt = world.Now });

        var retired = Price(extras, 9900, lookupKey: "workshop");
        world.Wait(60);
        world.TellChange("price.updated", retired with { IsActive = false, LookupKey = null });

        var mistake = Product("Strater", "A typing mistake, gone a minute later.");
        var mistakePrice = Price(mistake, 900);
        world.Wait(60);
        world.TellDeletion("price.deleted", mistakePrice);
        world.TellDeletion("product.deleted", mistake);
        return catalog;

        Product Product(string name, string description)
        {
            Product product = new()
            {
                Id = world.Ids.Short("prod_"),
                CreatedAt = world.Now,
                UpdatedAt = world.Now,
                Name = name,
                Description = description,
                Metadata = new Dictionary<string, string> { ["tier"] = name.ToLowerInvariant() },
            };
            world.Tell("product.created", product);
            return product;
        }

        Price Price(Product product, long amount, string? interval = null, string? lookupKey = null)
        {
            Price price = new()
            {
                Id = world.Ids.Long("price_1"),
                CreatedAt = world.Now,
                Product = product.Id,
                UnitAmount = amount,
                Interval = interval,
                LookupKey = lookupKey,
                Nickname = interval is null ? null : $"{product.Name} by the {interval}",
            };
            world.Tell("price.created", price);
            return price;
        }
    }
}
