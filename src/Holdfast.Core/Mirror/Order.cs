using System.Runtime.InteropServices;
using System.Text.Json;

namespace Holdfast.Mirror;

/// <summary>Which of two states of one object came first, as far as they say it themselves.</summary>
internal enum Order
{
    Unknown,

    /// <summary>What was seen follows at once on what is held.</summary>
    Follows,

    /// <summary>What is held follows at once on what was seen.</summary>
    Precedes,
}

/// <summary>
/// Proves an order by <c>previous_attributes</c>: undone on the body of the later state, they give the earlier one. Where
/// that holds both ways, as after a change and its reversal, nothing is proven.
/// </summary>
/// <remarks>https://docs.stripe.com/api/events/object#event_object-data-previous_attributes</remarks>
internal static class Proof
{
    public static Order Between(MirroredObject held, Observation seen)
    {
        if ((seen.Previous ?? held.Previous) is null || held.ApiVersion != seen.ApiVersion || held.Deleted || seen.Deleted)
        {
            return Order.Unknown;
        }

        using var was = JsonDocument.Parse(held.Body);
        using var now = JsonDocument.Parse(seen.Body);
        var follows = Leads(was.RootElement, seen.Previous, now.RootElement);
        var precedes = Leads(now.RootElement, held.Previous, was.RootElement);
        return (follows, precedes) switch
        {
            (true, false) => Order.Follows,
            (false, true) => Order.Precedes,
            _ => Order.Unknown,
        };
    }

    private static bool Leads(JsonElement before, byte[]? previous, JsonElement after)
    {
        if (previous is null)
        {
            return false;
        }

        using var changes = JsonDocument.Parse(previous);
        return Leads(before, changes.RootElement, after);
    }

    /// <summary>
    /// Whether <paramref name="after"/> is <paramref name="before"/> once the changes are undone. Objects are given in part,
    /// arrays whole, and null stands also for what was not there.
    /// </summary>
    private static bool Leads(JsonElement before, JsonElement changes, JsonElement after)
    {
        foreach (var was in before.EnumerateObject())
        {
            var isLeft = after.TryGetProperty(was.Name, out var now);
            if (!changes.TryGetProperty(was.Name, out var old))
            {
                if (isLeft ? !AreSame(was.Value, now) : was.Value.ValueKind is not JsonValueKind.Null)
                {
                    return false;
                }
            }
            else if (isLeft && AreObjects(was.Value, old, now) ? !Leads(was.Value, old, now) : !AreSame(was.Value, old))
            {
                return false;
            }
        }

        // What is there now and was not before, and what is said to have been there.
        return IsAbsent(after, before, changes) && IsAbsent(changes, before, after: null);
    }

    private static bool IsAbsent(JsonElement there, JsonElement before, JsonElement? after)
    {
        foreach (var one in there.EnumerateObject())
        {
            if (before.TryGetProperty(one.Name, out _))
            {
                continue;
            }

            var old = after is { } changes ? changes.TryGetProperty(one.Name, out var said) ? said : one.Value : one.Value;
            if (old.ValueKind is not JsonValueKind.Null)
            {
                return false;
            }
        }

        return true;
    }

    private static bool AreObjects(params ReadOnlySpan<JsonElement> all)
    {
        foreach (var one in all)
        {
            if (one.ValueKind is not JsonValueKind.Object)
            {
                return false;
            }
        }

        return true;
    }

    private static bool AreSame(JsonElement one, JsonElement other) =>
        JsonMarshal.GetRawUtf8Value(one).SequenceEqual(JsonMarshal.GetRawUtf8Value(other)) || JsonElement.DeepEquals(one, other);
}
