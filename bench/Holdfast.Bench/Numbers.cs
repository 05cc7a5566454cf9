namespace Holdfast.Bench;

internal static class Numbers
{
    extension(IEnumerable<double> values)
    {
        public double Median()
        {
            double[] sorted = [.. values.Order()];
            return sorted[sorted.Length / 2];
        }
    }
}
