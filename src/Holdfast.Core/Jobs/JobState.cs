namespace Holdfast.Jobs;

/// <summary>Where a job stands. Stored by name; <c>docs/jobs.md</c> has the same chart.</summary>
/// <remarks><code>
/// Waiting ──done──────────────────────▶ Completed ──replay──▶ Waiting
///   │ ▲ ├──retry, snooze──▶ Waiting (later run_at)
///   │ │ ├──exhausted, give up──▶ Dead ──dismiss──▶ Dismissed
///   │ └─┼──────replay────────────┘
///   │   └──answer lost──▶ Unknown ──confirm──▶ Completed
///   └─claim──▶ Running (only work that leaves the process; same ways on)
/// </code></remarks>
internal enum JobState
{
    Waiting,
    Running,
    Completed,
    Unknown,
    Dead,
    Dismissed,
}

internal static class JobStateNames
{
    extension(JobState state)
    {
        /// <summary>The word in the database and in the API.</summary>
        public string Name => state switch
        {
            JobState.Waiting => "waiting",
            JobState.Running => "running",
            JobState.Completed => "completed",
            JobState.Unknown => "unknown",
            JobState.Dead => "dead",
            JobState.Dismissed => "dismissed",
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    extension(JobState)
    {
        public static JobState Parse(string name) => TryParse(name)
            ?? throw new ArgumentException($"\"{name}\" is no state of a job.", nameof(name));

        public static JobState? TryParse(string? name) =>
            Enum.GetValues<JobState>().Where(state => state.Name == name).Select(state => (JobState?)state).FirstOrDefault();
    }
}
