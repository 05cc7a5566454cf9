using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Holdfast.Server.Commands;

/// <summary>Arguments and options that several verbs take, with errors in words.</summary>
internal static class Inputs
{
    public static Argument<string> Text(string name, string description) => new(name) { Description = description };

    public static Argument<long> Number(string name, string description) =>
        new(name)
        {
            Description = description,
            CustomParser = result => Parse(result, name, min: 0, long.MaxValue) ?? 0,
        };

    public static Option<string?> Filter(string name, string valueName, string description) =>
        new(name) { Description = description, HelpName = valueName };

    public static Option<long?> NumberOption(string name, string description, long min, long max) =>
        new(name) { Description = description, HelpName = "N", CustomParser = result => Parse(result, name, min, max) };

    public static Option<string?> Livemode(string description) =>
        Filter("--livemode", "true|false", description).AcceptOnlyFrom("true", "false");

    extension(Option<string?> option)
    {
        public Option<string?> AcceptOnlyFrom(params string[] words)
        {
            option.Validators.Add(result =>
            {
                if (result.Tokens is [{ Value: var value }] && !words.Contains(value, StringComparer.Ordinal))
                {
                    result.AddError($"{option.Name} is one of {string.Join(", ", words)}, not \"{value}\".");
                }
            });
            option.CompletionSources.Add(words);
            return option;
        }
    }

    private static long? Parse(ArgumentResult result, string name, long min, long max)
    {
        var typed = result.Tokens is [{ Value: var value }] ? value : "";
        if (long.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= min && number <= max)
        {
            return number;
        }

        var bounds = max is long.MaxValue ? "" : $" from {min} to {max}";
        result.AddError($"{name} is a whole number{bounds}, not \"{typed}\".");
        return null;
    }
}
