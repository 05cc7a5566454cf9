using System.Text;

namespace Holdfast.Server.Client;

/// <summary>A path under <c>/api/v1</c>, whose parts may hold anything a person types.</summary>
internal sealed class ApiPath
{
    private readonly StringBuilder _text = new("api/v1");
    private bool _hasQuery;

    private ApiPath()
    {
    }

    /// <exception cref="VerbException">A part is empty or would lead elsewhere.</exception>
    public static ApiPath Of(params IReadOnlyList<string> parts)
    {
        var path = new ApiPath();
        foreach (var part in parts)
        {
            path._text.Append('/').Append(part is "" or "." or ".."
                ? throw new VerbException($"\"{part}\" is no id. The list verbs show the ids there are.")
                : Uri.EscapeDataString(part));
        }

        return path;
    }

    /// <summary>Adds a filter; none when the value is null.</summary>
    public ApiPath With(string name, string? value)
    {
        if (value is not null)
        {
            _text.Append(_hasQuery ? '&' : '?').Append(name).Append('=').Append(Uri.EscapeDataString(value));
            _hasQuery = true;
        }

        return this;
    }

    public override string ToString() => _text.ToString();
}
