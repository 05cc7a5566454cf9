#:property PublishAot=false

// Prints what tests/mutate found: the score of each file, and every change that no test noticed.
using System.Text.Json;

using var report = JsonDocument.Parse(File.ReadAllBytes(args[0]));
var files = report.RootElement.GetProperty("files").EnumerateObject()
    .Select(file => (Name: Short(file.Name), Changes: (Change[])[.. Changes(file)]))
    .Where(file => file.Changes.Length > 0)
    .OrderBy(file => file.Name, StringComparer.Ordinal)
    .ToArray();

Console.WriteLine($"\n{"file",-44}{"score",8}{"noticed",9}{"survived",10}{"untried",9}");
foreach (var (name, changes) in files)
{
    Console.WriteLine(Row(name, changes));
}

Console.WriteLine(Row("all", [.. files.SelectMany(file => file.Changes)]));

foreach (var (name, changes) in files)
{
    foreach (var change in changes.Where(change => change.Survived).OrderBy(change => change.Line))
    {
        Console.WriteLine($"\n{name}:{change.Line} {change.Status}, {change.Kind}\n    {change.Instead}");
    }
}

static string Row(string name, Change[] changes)
{
    var (noticed, survived) = (changes.Count(change => change.Noticed), changes.Count(change => change.Survived));
    var score = noticed + survived is 0 ? "-" : $"{100d * noticed / (noticed + survived):0.0} %";
    return $"{name,-44}{score,8}{noticed,9}{survived,10}{changes.Length - noticed - survived,9}";
}

static string Short(string path) => path[(path.LastIndexOf("Holdfast.Core/", StringComparison.Ordinal) + 14)..];

// What was left out by the configuration is of no interest, nor are blocks whose statements are changed one by one.
static IEnumerable<Change> Changes(JsonProperty file) =>
    from change in file.Value.GetProperty("mutants").EnumerateArray()
    let status = change.GetProperty("status").GetString()!
    where status is not "Ignored"
    select new Change(
        change.GetProperty("location").GetProperty("start").GetProperty("line").GetInt32(),
        change.GetProperty("mutatorName").GetString()!,
        status,
        change.GetProperty("replacement").GetString()!.ReplaceLineEndings(" "));

internal sealed record Change(int Line, string Kind, string Status, string Instead)
{
    public bool Noticed => Status is "Killed" or "Timeout" or "RuntimeError";

    public bool Survived => Status is "Survived" or "NoCoverage";
}
