namespace Holdfast.AspNetCore.Hosting;

internal static class ProductVersion
{
    /// <summary>Of this program, as the other nodes see it, such as <c>0.1.0</c>.</summary>
    public static string Text { get; } = typeof(ProductVersion).Assembly.GetName().Version!.ToString(3);
}
