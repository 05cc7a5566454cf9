using Holdfast.Simulator.Http;
using Holdfast.Simulator.Versions;

namespace Holdfast.Simulator.Checkout;

/// <summary>Where the page is shown. Dahlia gave the ways new names, and takes the old ones no more.</summary>
internal static class UiModes
{
    private static readonly (string Old, string New)[] Names =
        [("hosted", "hosted_page"), ("embedded", "embedded_page"), ("custom", "elements")];

    /// <returns>The newest version's name.</returns>
    public static string Read(Call call) => call.Version < ApiVersion.Dahlia
        ? NameSince(call.Params.OneOf("ui_mode", "hosted", "embedded", "custom") ?? "hosted")
        : call.Params.OneOf("ui_mode", "hosted_page", "embedded_page", "elements", "form") ?? "hosted_page";

    public static string? NameBefore(string? name) =>
        Array.Find(Names, pair => pair.New == name) is { Old: { } old } ? old : name;

    private static string NameSince(string name) => Array.Find(Names, pair => pair.Old == name).New;
}
