namespace Holdfast.Access;

/// <summary>What a <c>plans.json</c> turned out to be.</summary>
public abstract record PlansFile
{
    private PlansFile() { }

    /// <summary>It can be used as it stands.</summary>
    public sealed record Valid(Plans Plans) : PlansFile;

    /// <summary>Nothing of it may be used. All that is wrong is listed at once; never empty.</summary>
    public sealed record Invalid(IReadOnlyList<PlansError> Errors) : PlansFile;
}

/// <summary>One thing wrong in <c>plans.json</c>.</summary>
/// <param name="Path">Where: <c>plans[2].features.seats</c>, <c>line 3, column 7</c> or <c>the file</c>.</param>
/// <param name="Problem">What is wrong there, without a full stop.</param>
/// <param name="Remedy">What to do about it, as a sentence.</param>
public sealed record PlansError(string Path, string Problem, string Remedy)
{
    public override string ToString() => $"{Path}: {Problem}. {Remedy}";
}
