using System.Text.Encodings.Web;
using System.Text.Json;
using Holdfast.Server.Client;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Holdfast.Server.Output;

/// <summary>Where a verb shows its answer: on a terminal to a person, in a pipe to a program or a file.</summary>
internal static class Screen
{
    private const int MaxCell = 200;

    /// <summary>A pipe has no edge at which a line would have to turn.</summary>
    private const int PipeWidth = 100_000;

    private static readonly JsonWriterOptions Readable = new()
    {
        Indented = true,

        // Letters of every alphabet stay letters; what acts on a terminal is made visible afterwards.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The answer exactly as the API gave it, on one line.</summary>
    public static void Json(ApiAnswer answer)
    {
        using var output = Console.OpenStandardOutput();
        output.Write(answer.Body);
        output.Write("\n"u8);
    }

    /// <summary>A table; what a cell holds is shown as it is, whoever wrote it.</summary>
    public static void Table(IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = true };
        for (var i = 0; i < headings.Count; i++)
        {
            table.AddColumn(new TableColumn(new Text(headings[i], new Style(decoration: Decoration.Bold)))
            {
                // Ids and times stay whole where they can: the last column is the one that is read, not copied.
                NoWrap = i < headings.Count - 1,
                Padding = new Padding(0, 0, 2, 0),
            });
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(cell => new Text(VisibleText.Of(cell, MaxCell))));
        }

        Write(table);
    }

    /// <summary>Names with their values, one a line. What has no value is left out.</summary>
    public static void Fields(params IReadOnlyList<(string Name, string Value)> fields)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = false };
        table.AddColumn(new TableColumn("") { NoWrap = true, Padding = new Padding(0, 0, 2, 0) });
        table.AddColumn(new TableColumn("") { Padding = new Padding(0, 0, 0, 0) });
        foreach (var (name, value) in fields.Where(field => field.Value.Length > 0))
        {
            table.AddRow(
                new Text(name, new Style(decoration: Decoration.Bold)), new Text(VisibleText.Of(value, MaxCell * 10)));
        }

        Write(table);
    }

    public static void Line(string text) => Console.Out.WriteLine(VisibleText.Of(text));

    /// <summary>JSON for people to read, under a heading.</summary>
    public static void Indented(string heading, JsonElement json)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteTo(writer);
        }

        Line("");
        Line(heading);
        foreach (var line in System.Text.Encoding.UTF8.GetString(buffer.ToArray()).Split('\n'))
        {
            Line(line.TrimEnd('\r'));
        }
    }

    /// <summary>What a person wants to know beside the answer; a program reading that does not see it.</summary>
    public static void Note(string text) => Console.Error.WriteLine(VisibleText.Of(text));

    private static void Write(IRenderable renderable)
    {
        if (!Console.IsOutputRedirected)
        {
            AnsiConsole.Write(renderable);
            return;
        }

        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = PipeWidth;
        console.Write(renderable);
        foreach (var line in text.ToString().TrimEnd().Split('\n'))
        {
            Console.Out.WriteLine(line.TrimEnd());
        }
    }
}
