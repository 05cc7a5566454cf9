using Holdfast.Simulator.Billing;
using Holdfast.Simulator.Delivery;
using Holdfast.Simulator.Versions;
using Holdfast.Simulator.Weather;

namespace Holdfast.Simulator;

/// <summary>How a simulated Stripe is set up.</summary>
public sealed record SimulatorOptions
{
    /// <summary>
    /// Of the API on loopback; 0 takes a free one. Null opens none: <see cref="StripeSimulator.NewHandler"/> is the way then.
    /// </summary>
    public int? Port { get; init; } = 0;

    /// <summary>Makes the run: ids, weather and orders of arrival. Same seed and same calls, same run.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>What the world's clock follows; a fixed one makes a run that time cannot change.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// Whether time passes by itself and deliveries are made as it does. Otherwise only
    /// <see cref="StripeSimulator.AdvanceAsync"/> moves time, and what it brings comes one after the other, each run the same.
    /// Unset: yes when <see cref="Time"/> is the system's.
    /// </summary>
    public bool? Flows { get; init; }

    /// <summary>
    /// The clock deliveries are signed by: the receiver's, which the world's may be far ahead of. Unset: <see cref="Time"/>.
    /// </summary>
    public TimeProvider? SigningTime { get; init; }

    public BillingSettings Billing { get; init; } = new();

    public DeliveryOptions Delivery { get; init; } = new();

    /// <summary>What carries deliveries, such as a test server's handler; unset: the network.</summary>
    public HttpMessageHandler? Carrier { get; init; }

    /// <summary>Told of each delivery that was made, one at a time.</summary>
    public Action<Delivered>? Watch { get; init; }

    /// <summary>What goes wrong by itself: nothing, unless asked for.</summary>
    public Forecast Forecast { get; init; } = Forecast.Calm;

    /// <summary>The account's API version.</summary>
    public ApiVersion Version { get; init; } = ApiVersion.Newest;
}
