using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Holdfast.Mirror;
using Holdfast.Mirror.Readers;
using Holdfast.Storage;
using Holdfast.Tests.Mirror.Readers;
using Microsoft.Data.Sqlite;

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

    [Theory, EverySample(Without = ["invoice_payment", "entitlements.active_entitlement_summary"])]
    public void A_view_shows_what_the_reader_reads(string name)
    {
        var (type, body) = Open(name);
        using var mirror = new MirrorTable();
        mirror.Write(type, body);

        Assert.Equal(Columns.Of(Sample.Read(type, body)), mirror.Rows(ViewOf[type]).Single());
    }

    [Theory, EverySample(Without = ["invoice_payment", "entitlements.active_entitlement_summary"])]
    public void A_view_shows_an_expanded_object_as_its_bare_id(string name)
    {
        var (type, body) = Open(name);
        using var mirror = new MirrorTable();
        mirror.Write(type, Expandable.Expand(body));

        Assert.Equal(Columns.Of(Sample.Read(type, body)), mirror.Rows(ViewOf[type]).Single());
    }

    [Theory, EverySample(Of = ["subscription"])]
    public void Each_item_of_a_subscription_is_a_row(string name)
    {
        var (type, body) = Open(name);
        using var mirror = new MirrorTable();
        mirror.Write(type, body);

        var subscription = Subscription.Read(body);
        Assert.Equal(
            subscription.Items.Select(item => new SortedDictionary<string, string?>(Columns.Of(item))
            {
                ["subscription"] = subscription.Id,
                ["customer"] = subscription.Customer,
                ["status"] = subscription.Status,
            }),
            mirror.Rows("subscription_items"));
    }

    [Theory]
    [InlineData("customer.2026-10-28.endive", "customers")]
    [InlineData("product.2026-10-28.endive", "products")]
    [InlineData("price.2026-10-28.endive", "prices")]
    [InlineData("subscription.2026-10-28.endive", "subscriptions")]
    [InlineData("subscription.2026-10-28.endive", "subscription_items")]
    [InlineData("invoice.2026-10-28.endive", "invoices")]
    [InlineData("payment_intent.2026-10-28.endive", "payments")]
    [InlineData("setup_intent.2026-10-28.endive", "setups")]
    [InlineData("charge.2026-10-28.endive", "charges")]
    [InlineData("refund.2026-10-28.endive", "refunds")]
    [InlineData("dispute.2026-10-28.endive", "disputes")]
    [InlineData("checkout.session.2026-10-28.endive", "checkout_sessions")]
    public void What_was_deleted_is_left_out(string name, string view)
    {
        var (type, body) = Open(name);
        using var mirror = new MirrorTable();
        mirror.Write(type, body, isDeleted: true);

        Assert.Empty(mirror.Rows(view));
    }

    [Fact]
    public void The_rows_of_both_modes_and_of_connected_accounts_are_told_apart()
    {
        var (type, body) = Open("customer.2026-10-28.endive");
        using var mirror = new MirrorTable();
        mirror.Write(type, body, stripeAccount: "acct_1Hf7Other", livemode: 0);

        var row = mirror.Rows("customers").Single();
        Assert.Equal(("acct_1Hf7Other", "0"), (row["stripe_account"], row["livemode"]));
    }

    [Fact]
    public void A_plan_is_not_shown_beside_the_price_that_has_its_id()
    {
        using var mirror = new MirrorTable();
        mirror.Write("plan", Sample.BodyOf("price.2019-12-03"));
        mirror.Write("price", Sample.BodyOf("price.2026-10-28.endive"));

        Assert.Single(mirror.Rows("prices"));
    }

    private static (string Type, JsonElement Body) Open(string name)
    {
        var sample = Sample.Named(name);
        return (sample.Type, sample.Body);
    }

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
            IReadOnlyDictionary<string, string> pairs => JsonSerializer.Serialize(pairs),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => (string?)value,
        };
    }

    /// <summary>A database in memory with the table of the mirror and its views.</summary>
    private sealed class MirrorTable : IDisposable
    {
        private readonly SqliteConnection _connection = new("Data Source=:memory:");

        public MirrorTable()
        {
            _connection.Open();
            Run(EmbeddedText.Read("Storage/Migrations/0001_core.sqlite.sql"));
            Run(EmbeddedText.Read("Storage/Migrations/0002_mirror_views.sqlite.sql"));
        }

        public void Write(
            string type, JsonElement body, string stripeAccount = "", int livemode = 1, bool isDeleted = false)
        {
            Run("""
                insert into objects values (
                    @stripe_account, @livemode, @type, @body ->> '$.id', @body, null, @customer, @status, @parent,
                    0, 'event', 'evt_1', 0, 0, @deleted, x'00')
                """,
                ("stripe_account", stripeAccount),
                ("livemode", livemode),
                ("type", type),
                ("body", body.GetRawText()),
                ("customer", ObjectRelations.CustomerOf(type, body)),
                ("status", ObjectRelations.StatusOf(body)),
                ("parent", ObjectRelations.ParentOf(type, body)),
                ("deleted", isDeleted));
        }

        public List<SortedDictionary<string, string?>> Rows(string view)
        {
            using var command = _connection.CreateCommand();
            command.CommandText = $"select * from {view}";
            using var reader = command.ExecuteReader();
            var rows = new List<SortedDictionary<string, string?>>();
            while (reader.Read())
            {
                var row = new SortedDictionary<string, string?>(StringComparer.Ordinal);
                for (var column = 0; column < reader.FieldCount; column++)
                {
                    var name = reader.GetName(column);
                    var text = Convert.ToString(reader.GetValue(column), CultureInfo.InvariantCulture);
                    row[name] = reader.IsDBNull(column) ? null
                        : name.EndsWith("metadata", StringComparison.Ordinal) ? Pairs(text!)
                        : text;
                }

                rows.Add(row);
            }

            return rows;
        }

        public void Dispose() => _connection.Dispose();

        private static string Pairs(string json) =>
            JsonSerializer.Serialize(JsonSerializer.Deserialize<Dictionary<string, string>>(json));

        private void Run(string sql, params (string Name, object? Value)[] parameters)
        {
            using var command = _connection.CreateCommand();
            command.CommandText = sql;
            foreach (var (name, value) in parameters)
            {
                command.Parameters.AddWithValue(name, value ?? DBNull.Value);
            }

            command.ExecuteNonQuery();
        }
    }
}
