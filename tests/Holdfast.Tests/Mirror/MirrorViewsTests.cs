using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Holdfast.Mirror;
using Holdfast.Mirror.Readers;
using Holdfast.Storage;
using Holdfast.Tests.Mirror.Readers;
using Holdfast.Tests.Storage;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Mirror;

public sealed class MirrorViewsTests
{
    private static readonly Dictionary<string, string> ViewOf = new(StringComparer.Ordinal)
    {
        ["customer"] = "customers",
        ["product"] = "products",
        ["price"] = "prices",
        ["plan"] = "prices",
        ["sku"] = "prices",
        ["subscription"] = "subscriptions",
        ["invoice"] = "invoices",
        ["payment_intent"] = "payments",
        ["setup_intent"] = "setups",
        ["charge"] = "charges",
        ["refund"] = "refunds",
        ["dispute"] = "disputes",
        ["checkout.session"] = "checkout_sessions",
    };

    [Theory, EverySample(Without = ["invoice_payment", "entitlements.active_entitlement_summary"], OnEveryEngine = true)]
    public async Task A_view_shows_what_the_reader_reads(string name, Engine engine)
    {
        var (type, body) = Open(name);
        await using var mirror = await MirrorTable.CreateAsync(engine);
        await mirror.WriteAsync(type, body);

        Assert.Equal(Columns.Of(Sample.Read(type, body)), Assert.Single(await mirror.RowsAsync(ViewOf[type])));
    }

    [Theory, EverySample(Without = ["invoice_payment", "entitlements.active_entitlement_summary"], OnEveryEngine = true)]
    public async Task A_view_shows_an_expanded_object_as_its_bare_id(string name, Engine engine)
    {
        var (type, body) = Open(name);
        await using var mirror = await MirrorTable.CreateAsync(engine);
        await mirror.WriteAsync(type, Expandable.Expand(body));

        Assert.Equal(Columns.Of(Sample.Read(type, body)), Assert.Single(await mirror.RowsAsync(ViewOf[type])));
    }

    [Theory, EverySample(Of = ["subscription"], OnEveryEngine = true)]
    public async Task Each_item_of_a_subscription_is_a_row(string name, Engine engine)
    {
        var (type, body) = Open(name);
        await using var mirror = await MirrorTable.CreateAsync(engine);
        await mirror.WriteAsync(type, body);

        var subscription = Subscription.Read(body);
        Assert.Equal(
            subscription.Items.Select(item => new SortedDictionary<string, string?>(Columns.Of(item))
            {
                ["subscription"] = subscription.Id,
                ["customer"] = subscription.Customer,
                ["status"] = subscription.Status,
            }),
            await mirror.RowsAsync("subscription_items"));
    }

    [Theory, EverySample(Without = ["invoice_payment", "entitlements.active_entitlement_summary"], OnEveryEngine = true)]
    public async Task What_was_deleted_is_left_out(string name, Engine engine)
    {
        var (type, body) = Open(name);
        await using var mirror = await MirrorTable.CreateAsync(engine);
        await mirror.WriteAsync(type, body, isDeleted: true);

        Assert.Empty(await mirror.RowsAsync(ViewOf[type]));
        Assert.Empty(await mirror.RowsAsync("subscription_items"));
    }

    [Theory, EveryEngine]
    public async Task The_rows_of_both_modes_and_of_connected_accounts_are_told_apart(Engine engine)
    {
        var (type, body) = Open("customer.2026-10-28.endive");
        await using var mirror = await MirrorTable.CreateAsync(engine);
        await mirror.WriteAsync(type, body, stripeAccount: "acct_1Hf7Other", livemode: false);

        var row = Assert.Single(await mirror.RowsAsync("customers"));
        Assert.Equal(("acct_1Hf7Other", "0"), (row["stripe_account"], row["livemode"]));
    }

    [Theory, EveryEngine]
    public async Task A_plan_is_not_shown_beside_the_price_that_has_its_id(Engine engine)
    {
        await using var mirror = await MirrorTable.CreateAsync(engine);
        await mirror.WriteAsync("plan", Sample.BodyOf("price.2019-12-03"));
        await mirror.WriteAsync("price", Sample.BodyOf("price.2026-10-28.endive"));

        Assert.Single(await mirror.RowsAsync("prices"));
    }

    [Theory, EveryEngine]
    public async Task An_odd_object_does_not_hide_the_others(Engine engine)
    {
        await using var mirror = await MirrorTable.CreateAsync(engine);
        await mirror.WriteAsync("invoice", Sample.BodyOf("invoice.2026-10-28.endive"));
        await mirror.WriteAsync("invoice", JsonElement.Parse(
            """
            {
                "id": "in_odd", "object": "invoice", "created": "soon", "due_date": 9000000000000000000,
                "amount_due": 1.5, "amount_paid": 1e300, "amount_remaining": 1e-99999, "number": "a\u0000b",
                "paid_out_of_band": "no", "attempt_count": true, "payment_intent": 7, "lines": 3, "payments": []
            }
            """));

        Assert.Equal(2, (await mirror.RowsAsync("invoices")).Count);
    }

    [Theory, EveryEngine]
    public async Task A_text_about_the_character_zero_is_shown_as_it_is(Engine engine)
    {
        const string Name = @"\u0000 is \\u0000";
        await using var mirror = await MirrorTable.CreateAsync(engine);
        await mirror.WriteAsync("customer", JsonSerializer.SerializeToElement(new { id = "cus_1", name = Name }));

        Assert.Equal(Name, Assert.Single(await mirror.RowsAsync("customers"))["name"]);
    }

    /// <remarks>PostgreSQL cannot hold the character in a text, and SQLite ends texts there.</remarks>
    [Fact]
    public async Task The_character_zero_is_shown_as_one_that_cannot_be_read()
    {
        await using var mirror = await MirrorTable.CreateAsync(Engine.Postgres);
        await mirror.WriteAsync("customer", JsonSerializer.SerializeToElement(
            new { id = "cus_1", name = "\0\0", description = @"\" + "\0" + @"\\u0000" }));

        var row = Assert.Single(await mirror.RowsAsync("customers"));
        Assert.Equal(("\ufffd\ufffd", @"\" + "\ufffd" + @"\\u0000"), (row["name"], row["description"]));
    }

    /// <remarks>PostgreSQL alone shares one question out among several processes.</remarks>
    [Fact]
    public async Task A_view_can_be_read_by_several_workers_of_the_server()
    {
        await using var mirror = await MirrorTable.CreateAsync(Engine.Postgres);
        await mirror.WriteAsync("customer", Sample.BodyOf("customer.2026-10-28.endive"));

        Assert.Equal("1", await mirror.AskInParallelAsync("select count(email) from customers"));
    }

    private static (string Type, JsonElement Body) Open(string name)
    {
        var sample = Sample.Named(name);
        return (sample.Type, sample.Body);
    }

    /// <remarks>PostgreSQL keeps the pairs of an object in an order of its own.</remarks>
    private static string InOrder(IReadOnlyDictionary<string, string> pairs) =>
        JsonSerializer.Serialize(pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal));

    /// <summary>What a row should show of a record: each property but lists, under its name in snake case.</summary>
    private static class Columns
    {
        public static SortedDictionary<string, string?> Of(object record)
        {
            var columns = new SortedDictionary<string, string?>(StringComparer.Ordinal)
            {
                ["stripe_account"] = "",
                ["livemode"] = "1",
            };
            Add(columns, "", record.GetType(), record);

            // The views leave out what was deleted.
            columns.Remove("is_deleted");
            return columns;
        }

        private static void Add(SortedDictionary<string, string?> columns, string prefix, Type type, object? record)
        {
            foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            {
                var name = prefix + JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
                var value = record is null ? null : property.GetValue(record);
                if (property.PropertyType.Namespace == typeof(Subscription).Namespace)
                {
                    Add(columns, name + "_", property.PropertyType, value);
                }
                else if (!property.PropertyType.Name.StartsWith("IReadOnlyList", StringComparison.Ordinal))
                {
                    columns[name] = Text(value);
                }
            }
        }

        private static string? Text(object? value) => value switch
        {
            bool flag => flag ? "1" : "0",
            DateTimeOffset moment => moment.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            IReadOnlyDictionary<string, string> pairs => InOrder(pairs),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => (string?)value,
        };
    }

    /// <summary>The table of the mirror, and the views over it.</summary>
    private sealed class MirrorTable(TestDatabase store) : IAsyncDisposable
    {
        /// <summary>Has even one row shared out; from PostgreSQL 16 on the setting has its second name.</summary>
        private const string InParallel =
            """
            select set_config(name, 'on', true)
            from pg_settings
            where name in ('force_parallel_mode', 'debug_parallel_query')
            """;

        public static async Task<MirrorTable> CreateAsync(Engine engine) => new(await TestDatabase.CreateAsync(engine));

        public Task<int> WriteAsync(
            string type, JsonElement body, string stripeAccount = "", bool livemode = true, bool isDeleted = false) =>
            store.WriteAsync(session => session.ExecuteAsync(
                new("Insert", store.Say(
                    """
                    insert into objects (
                        stripe_account, livemode, type, id, body, api_version, customer, status, parent, as_of, source,
                        cause, confirmed, in_doubt, deleted, hash)
                    values (
                        @stripe_account, @livemode, @type, @id, @body, null, @customer, @status, @parent,
                        0, 'event', 'evt_1', 0, 0, @deleted, x'00')
                    """,
                    """
                    insert into objects (
                        stripe_account, livemode, type, id, body, api_version, customer, status, parent, as_of, source,
                        cause, confirmed, in_doubt, deleted, hash)
                    values (
                        @stripe_account::text, @livemode::boolean, @type::text, @id::text, @body::json, null,
                        @customer::text, @status::text, @parent::text,
                        now(), 'event', 'evt_1', false, false, @deleted::boolean, '\x00')
                    """)),
                ("stripe_account", stripeAccount),
                ("livemode", livemode),
                ("type", type),
                ("id", body.GetProperty("id").GetString()),
                ("body", body.GetRawText()),
                ("customer", ObjectRelations.CustomerOf(type, body)),
                ("status", ObjectRelations.StatusOf(body)),
                ("parent", ObjectRelations.ParentOf(type, body)),
                ("deleted", isDeleted)));

        /// <summary>Each value as text, a flag as 1 or 0, a moment in UTC: alike for both engines.</summary>
        public async Task<List<SortedDictionary<string, string?>>> RowsAsync(string view)
        {
            // SQLite makes no object of a whole row.
            var names = await store.TextsAsync(store.Say(
                $"select name from pragma_table_info('{view}')", "select null::text where false"));
            var rows = await store.TextsAsync(store.Say(
                $"select json_object({string.Join(", ", names.Select(name => $"'{name}', {name}"))}) from {view}",
                $"select row_to_json({view}) from {view}"));
            return [.. rows.Select(row => new SortedDictionary<string, string?>(
                JsonElement.Parse(row).EnumerateObject().ToDictionary(pair => pair.Name, Text), StringComparer.Ordinal))];
        }

        public Task<string> AskInParallelAsync(string sql) => store.ReadAsync(async session =>
        {
            await session.AskAsync(InParallel);
            return Assert.Single(await session.AskAsync(sql));
        });

        public ValueTask DisposeAsync() => store.DisposeAsync();

        private static string? Text(JsonProperty value) => value switch
        {
            { Value.ValueKind: JsonValueKind.Null } => null,
            { Value.ValueKind: JsonValueKind.True } => "1",
            { Value.ValueKind: JsonValueKind.False } => "0",
            { Name: "metadata" or "subscription_metadata" } =>
                InOrder(JsonSerializer.Deserialize<Dictionary<string, string>>(value.Value.ToString())!),
            { Value.ValueKind: JsonValueKind.String } when value.Value.TryGetDateTimeOffset(out var moment) =>
                moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            _ => value.Value.ToString(),
        };
    }
}
