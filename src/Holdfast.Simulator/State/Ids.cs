namespace Holdfast.Simulator.State;

/// <summary>Makes ids that look like Stripe's: a prefix and letters by seeded chance.</summary>
internal sealed class Ids(Chance chance)
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    public Chance Chance { get; } = chance;

    /// <summary>Such as <c>cus_</c> with fourteen letters; payment objects and most others have twenty-four.</summary>
    public string Next(string prefix) => prefix switch
    {
        "cus" or "prod" or "si" or "req" => $"{prefix}_{Letters(14)}",
        "pi" or "ch" or "re" or "dp" or "py" => $"{prefix}_3{Letters(23)}",
        "cs_test" => $"{prefix}_{Letters(58)}",
        "whsec" => $"{prefix}_{Letters(32)}",
        _ => $"{prefix}_1{Letters(23)}",
    };

    public string Letters(int count) => string.Create(count, Chance, static (letters, chance) =>
    {
        for (var i = 0; i < letters.Length; i++)
        {
            letters[i] = Alphabet[chance.Below(Alphabet.Length)];
        }
    });
}
