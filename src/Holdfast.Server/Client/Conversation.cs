using System.CommandLine;
using Holdfast.Server.Output;

namespace Holdfast.Server.Client;

/// <summary>One verb talking to the server: what was typed, and whom to ask.</summary>
internal sealed record Conversation(ParseResult Parsed, ApiClient Api, CancellationToken Ct)
{
    private const string JsonName = "--json";

    public bool WantsJson => Parsed.GetResult(JsonName) is System.CommandLine.Parsing.OptionResult { Implicit: false };

    /// <summary>Shows the answer as JSON if that was asked for, else by <paramref name="forPeople"/>.</summary>
    public void Show(ApiAnswer answer, Action forPeople)
    {
        if (WantsJson)
        {
            Screen.Json(answer);
        }
        else
        {
            forPeople();
        }
    }

    public static Option<bool> JsonOption() =>
        new(JsonName) { Description = "Print the API's answer as it is, one line of JSON, for programs." };
}

internal static class ConversationVerbs
{
    extension(Command command)
    {
        /// <summary>Makes the verb one that asks the server.</summary>
        public Command Asking(Func<Conversation, Task<int>> talk)
        {
            command.SetAction(async (parsed, ct) =>
            {
                using var api = ApiClient.FromEnvironment();
                return await talk(new(parsed, api, ct));
            });
            return command;
        }
    }
}
