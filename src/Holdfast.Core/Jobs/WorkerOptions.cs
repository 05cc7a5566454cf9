namespace Holdfast.Jobs;

/// <summary>How the worker goes about it. The section <c>Holdfast:Jobs</c>.</summary>
public sealed class WorkerOptions
{
    /// <summary>How many jobs share one transaction. More is faster for a backlog and slower for deliveries beside it.</summary>
    public int BatchSize { get; set; } = 32;

    /// <summary>How long the worker waits for the doorbell before it looks by itself.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the worker waits when the store is in trouble.</summary>
    public TimeSpan PauseWhenUnavailable { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a job waits that found another node in its way. It spends no attempt.</summary>
    public TimeSpan PauseWhenContended { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a batch, and then each of its jobs alone, may take.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long an attempt may keep the processor without ever letting go before the process is given up.</summary>
    public TimeSpan HangLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many jobs are run alone after the process has died: those it may have held.</summary>
    public int MaxSuspects { get; set; } = 1000;

    public RetryPolicy Retries { get; set; } = new();
}
