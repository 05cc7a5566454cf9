namespace Holdfast.Jobs;

/// <summary>The retry schedule of one kind of job for each class of failure.</summary>
public sealed record RetryPolicy
{
    /// <summary>Three tries at once, then for about a day and a half: what may pass by itself is waited for.</summary>
    public RetrySchedule Transient { get; init; } = new() { Immediate = 2, MaxTries = 40 };

    /// <summary>Six tries over some minutes: a defect seldom cures itself, and a person should hear of it.</summary>
    public RetrySchedule Unexpected { get; init; } = new() { MaxTries = 6 };

    public RetrySchedule For(FailureClass failure) => failure switch
    {
        FailureClass.Transient => Transient,
        FailureClass.Unexpected => Unexpected,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
