using System.Text;
using System.Text.Json;

namespace Holdfast.Ingest;

/// <summary>What must be known of an event to keep it, and to find it again: everything but what it says.</summary>
/// <remarks>
/// https://docs.stripe.com/api/events/object for snapshot events, https://docs.stripe.com/api/v2/core/events/object
/// for thin ones.
/// </remarks>
internal sealed record Envelope
{
    /// <summary>Of every text in here, in characters, as of ids: <see cref="EventId.MaxLength"/>.</summary>
    public const int MaxTextLength = EventId.MaxLength;

    private const int FieldCount = (int)Field.ReasonRequestId + 1;

    // That of "related_object", the longest.
    private const int MaxNameLength = 14;

    // The years 1 to 9999.
    private static readonly long MinSeconds = DateTimeOffset.MinValue.ToUnixTimeSeconds();
    private static readonly long MaxSeconds = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    public required EventId Id { get; init; }

    /// <summary>Such as <c>invoice.paid</c>; those we have never heard of too.</summary>
    public required string Type { get; init; }

    /// <summary>When it happened, in UTC; to the second only in snapshot events, so it puts nothing in order.</summary>
    public required DateTimeOffset Created { get; init; }

    public required bool Livemode { get; init; }

    /// <summary>The connected account it happened on; null for our own.</summary>
    public string? StripeAccount { get; init; }

    /// <summary>The API version its object is written in; thin events have none.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>It only names its object, which is to be fetched.</summary>
    public required bool IsThin { get; init; }

    /// <summary>Such as <c>invoice</c>.</summary>
    public string? ObjectType { get; init; }

    /// <summary>Null where the object has none: a preview of an invoice, the balance.</summary>
    public string? ObjectId { get; init; }

    /// <summary>The API call that caused it; null when Stripe acted by itself.</summary>
    public string? RequestId { get; init; }

    /// <summary>
    /// Reads a body whose signature has matched. What is read must be right; what is not read may be anything.
    /// </summary>
    public static EnvelopeCheck Read(ReadOnlyMemory<byte> body)
    {
        Span<Found> found = stackalloc Found[FieldCount];
        if (Survey(body.Span, found) is { } problem)
        {
            return new EnvelopeCheck.Malformed(problem);
        }

        var fields = new Fields(body.Span, found);
        var envelope = fields.Word(Field.Object, "object") switch
        {
            "event" => OfSnapshot(ref fields),
            "v2.core.event" => OfThin(ref fields),
            _ => fields.Refuse<Envelope>("\"object\" is neither \"event\" nor \"v2.core.event\"."),
        };
        return fields.Problem is { } wrong ? new EnvelopeCheck.Malformed(wrong) : new EnvelopeCheck.Sound(envelope!);
    }

    private static Envelope OfSnapshot(ref Fields fields)
    {
        fields.MustBeObject(Field.DataObject, "data.object");
        return new()
        {
            Id = fields.Id(),
            Type = fields.Required(Field.Type, "type"),
            Created = fields.Seconds(Field.Created, "created"),
            Livemode = fields.Flag(Field.Livemode, "livemode"),
            StripeAccount = fields.Word(Field.Account, "account"),
            ApiVersion = fields.Word(Field.ApiVersion, "api_version"),
            IsThin = false,
            ObjectType = fields.Word(Field.DataObjectType, "data.object.object"),
            ObjectId = fields.Name(Field.DataObjectId, "data.object.id"),
            // API versions before 2017-05-25 wrote the bare id.
            RequestId = fields.IsText(Field.Request)
                ? fields.Word(Field.Request, "request")
                : fields.Word(Field.RequestId, "request.id"),
        };
    }

    private static Envelope OfThin(ref Fields fields) => new()
    {
        Id = fields.Id(),
        Type = fields.Required(Field.Type, "type"),
        Created = fields.Moment(Field.Created, "created"),
        Livemode = fields.Flag(Field.Livemode, "livemode"),
        StripeAccount = fields.Word(Field.Context, "context"),
        IsThin = true,
        ObjectType = fields.Word(Field.RelatedType, "related_object.type"),
        ObjectId = fields.Name(Field.RelatedId, "related_object.id"),
        RequestId = fields.Word(Field.ReasonRequestId, "reason.request.id"),
    };

    /// <summary>Notes where the fields stand, in one pass over the whole body.</summary>
    /// <returns>Why the body cannot be read; null when it can.</returns>
    private static string? Survey(ReadOnlySpan<byte> body, Span<Found> found)
    {
        // By depth, the field that is the object open there.
        Span<Field> open = stackalloc Field[StrictJsonReader.MaxDepth];
        var next = Field.Event;
        using var json = new StrictJsonReader(body);
        while (json.Read())
        {
            if (json.Kind is JsonTokenType.PropertyName)
            {
                next = Child(open[json.Depth - 1], json.Name);
                continue;
            }

            if (next is not Field.Other)
            {
                found[(int)next] = new(json.Kind, json.Place);
            }

            if (json.Kind is JsonTokenType.StartObject)
            {
                open[json.Depth] = next;
            }

            next = Field.Other;
        }

        return json.Problem ?? (found[(int)Field.Event].Kind is JsonTokenType.StartObject
            ? null
            : "The body is not a JSON object.");
    }

    private static Field Child(Field parent, ReadOnlySpan<byte> name)
    {
        if (parent is Field.Other || name.Length > MaxNameLength)
        {
            return Field.Other;
        }

        Span<char> room = stackalloc char[MaxNameLength];
        ReadOnlySpan<char> text = room[..Encoding.Latin1.GetChars(name, room)];
        return parent switch
        {
            Field.Event => text switch
            {
                "id" => Field.Id,
                "object" => Field.Object,
                "type" => Field.Type,
                "created" => Field.Created,
                "livemode" => Field.Livemode,
                "account" => Field.Account,
                "context" => Field.Context,
                "api_version" => Field.ApiVersion,
                "data" => Field.Data,
                "request" => Field.Request,
                "related_object" => Field.Related,
                "reason" => Field.Reason,
                _ => Field.Other,
            },
            Field.Data when text is "object" => Field.DataObject,
            Field.DataObject when text is "object" => Field.DataObjectType,
            Field.DataObject when text is "id" => Field.DataObjectId,
            Field.Request when text is "id" => Field.RequestId,
            Field.Related when text is "type" => Field.RelatedType,
            Field.Related when text is "id" => Field.RelatedId,
            Field.Reason when text is "request" => Field.ReasonRequest,
            Field.ReasonRequest when text is "id" => Field.ReasonRequestId,
            _ => Field.Other,
        };
    }

    // The fields that are read, and the objects on the way to them.
    private enum Field
    {
        Other,
        Event,
        Id,
        Object,
        Type,
        Created,
        Livemode,
        Account,
        Context,
        ApiVersion,
        Data,
        DataObject,
        DataObjectType,
        DataObjectId,
        Request,
        RequestId,
        Related,
        RelatedType,
        RelatedId,
        Reason,
        ReasonRequest,
        ReasonRequestId,
    }

    private readonly record struct Found(JsonTokenType Kind, Range Place);

    /// <summary>Reads the fields that were found, and keeps the first thing that is wrong with one.</summary>
    private ref struct Fields(ReadOnlySpan<byte> body, ReadOnlySpan<Found> found)
    {
        private readonly ReadOnlySpan<byte> _body = body;
        private readonly ReadOnlySpan<Found> _found = found;

        public string? Problem { get; private set; }

        public readonly bool IsText(Field field) => Kind(field) is JsonTokenType.String;

        public EventId Id() => Required(Field.Id, "id") is { Length: > 0 } id ? new(id) : default;

        public string Required(Field field, string name) =>
            IsMissing(field) ? Refuse<string>($"\"{name}\" is missing.") ?? "" : Word(field, name) ?? "";

        /// <summary>A text of Stripe's making: visible ASCII without spaces. Null when missing.</summary>
        public string? Word(Field field, string name) =>
            Text(field, name) switch
            {
                null => null,
                var text when EventId.IsValid(text) => text,
                _ => Refuse<string>($"\"{name}\" is not 1 to {MaxTextLength} visible ASCII characters."),
            };

        /// <summary>An id that a merchant may have chosen, as that of a coupon: any script, and spaces.</summary>
        public string? Name(Field field, string name) =>
            Text(field, name) switch
            {
                null => null,
                { Length: > 0 and <= MaxTextLength } text when !HasControl(text) => text,
                _ => Refuse<string>($"\"{name}\" is not 1 to {MaxTextLength} characters without a control character."),
            };

        public bool Flag(Field field, string name) => Kind(field) switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            _ => Refuse<bool>($"\"{name}\" is missing, or neither true nor false."),
        };

        public DateTimeOffset Seconds(Field field, string name) =>
            Kind(field) is JsonTokenType.Number
            && At(field).TryGetInt64(out var seconds)
            && seconds >= MinSeconds && seconds <= MaxSeconds
                ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                : Refuse<DateTimeOffset>($"\"{name}\" is missing, or not whole seconds in the years 1 to 9999.");

        public DateTimeOffset Moment(Field field, string name) =>
            Kind(field) is JsonTokenType.String
            && At(field) is var reader
            && reader.TryGetDateTimeOffset(out var moment)
            && SaysItsOffset(reader.GetString()!)
                ? moment.ToUniversalTime()
                : Refuse<DateTimeOffset>($"\"{name}\" is missing, or not an ISO 8601 time with its offset from UTC.");

        public void MustBeObject(Field field, string name)
        {
            if (Kind(field) is not JsonTokenType.StartObject)
            {
                Refuse<object>($"\"{name}\" is missing, or not an object.");
            }
        }

        public T? Refuse<T>(string problem)
        {
            Problem ??= problem;
            return default;
        }

        private string? Text(Field field, string name) => Kind(field) switch
        {
            JsonTokenType.String => At(field).GetString(),
            _ when IsMissing(field) => null,
            _ => Refuse<string>($"\"{name}\" is not a text."),
        };

        private readonly JsonTokenType Kind(Field field) => _found[(int)field].Kind;

        private readonly bool IsMissing(Field field) => Kind(field) is JsonTokenType.None or JsonTokenType.Null;

        private readonly Utf8JsonReader At(Field field)
        {
            var reader = new Utf8JsonReader(_body[_found[(int)field].Place]);
            reader.Read();
            return reader;
        }

        private static bool HasControl(ReadOnlySpan<char> text) =>
            text.ContainsAnyInRange('\0', '\x1F') || text.ContainsAnyInRange('\x7F', '\x9F');

        // A time without one would be read as the local time of whichever machine reads it.
        private static bool SaysItsOffset(string moment) =>
            moment.Length > "2026-01-01T00:00:00".Length && (moment[^1] is 'Z' || moment[^6] is '+' or '-');
    }
}
