using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Holdfast.Server.Client;
using Holdfast.Server.Output;

namespace Holdfast.Server.Commands;

/// <summary>What every list takes: how many rows, and from where on.</summary>
internal sealed class PageOptions
{
    public const int MaxLimit = 500;

    private readonly Option<long?> _limit = Inputs.NumberOption(
        "--limit", $"How many to list, 1 to {MaxLimit}. [default: 50]", min: 1, MaxLimit);

    private readonly Option<string?> _cursor =
        Inputs.Filter("--cursor", "CURSOR", "Go on where a list before this one ended.");

    public void AddTo(Command command)
    {
        command.Add(_limit);
        command.Add(_cursor);
        command.Add(Conversation.JsonOption());
    }

    public ApiPath Of(ApiPath path, ParseResult parsed) => path
        .With("limit", parsed.GetValue(_limit)?.ToString(CultureInfo.InvariantCulture))
        .With("cursor", parsed.GetValue(_cursor));

    /// <summary>Shows a page as a table, or says that there is nothing on it.</summary>
    public static void Show(
        JsonElement page,
        string whenEmpty,
        IReadOnlyList<string> headings,
        Func<JsonElement, IReadOnlyList<string>> row)
    {
        var items = page.Items("data");
        if (items.Count is 0)
        {
            Screen.Note(whenEmpty);
            return;
        }

        Screen.Table(headings, items.Select(row));
        if (page.Text("next_cursor") is { Length: > 0 } cursor)
        {
            Screen.Note($"There are more: add --cursor {cursor}");
        }
    }
}
