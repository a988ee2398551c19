using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace DnsGuard.Control.Health;

/// <summary>Every instrument of DnsGuard's meters as Prometheus text (exposition format 0.0.4).</summary>
public sealed class MetricsText : IDisposable
{
    // Of histograms of times that do not say themselves what is worth telling apart.
    private static readonly double[] UsualBounds = [0.000_1, 0.001, 0.01, 0.1, 1, 10];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, Series> _series = new(StringComparer.Ordinal);

    /// <summary>Starts listening.</summary>
    public MetricsText()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith("DnsGuard.", StringComparison.Ordinal))
                listener.EnableMeasurementEvents(instrument, _series.GetOrAdd(instrument.Name, _ => new Series(instrument)));
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, state) => ((Series)state!).Take(value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, state) => ((Series)state!).Take(value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, state) => ((Series)state!).Take(value, tags));
        _listener.Start();
    }

    /// <summary>Reads every instrument and writes it down.</summary>
    public string Write()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var series in _series.OrderBy(series => series.Key, StringComparer.Ordinal))
            series.Value.Write(text);
        return text.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private sealed class Series(Instrument instrument)
    {
        private readonly Lock _lock = new();
        private readonly SortedDictionary<string, double> _values = new(StringComparer.Ordinal);
        private readonly double[] _bounds = (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries?.ToArray() ?? UsualBounds;
        private long[]? _counts;
        private double _sum;

        private bool IsHistogram => instrument is Histogram<double>;

        private long[] Counts => _counts ??= new long[_bounds.Length + 1];

        private bool IsObservable => instrument.IsObservable;

        private bool IsGauge => instrument.GetType().Name.Contains("Gauge", StringComparison.Ordinal);

        public void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            lock (_lock)
            {
                if (IsHistogram)
                {
                    Counts[Array.FindIndex(_bounds, bound => value <= bound) is var at and >= 0 ? at : _bounds.Length]++;
                    _sum += value;
                    return;
                }

                var labels = Labels(tags);
                // An observable instrument reports its total, a counter what is added to it.
                _values[labels] = IsObservable ? value : _values.GetValueOrDefault(labels) + value;
            }
        }

        public void Write(StringBuilder text)
        {
            lock (_lock)
            {
                text.Append(CultureInfo.InvariantCulture, $"# HELP {instrument.Name} {Escaped(instrument.Description)}\n# TYPE {instrument.Name} {(IsHistogram ? "histogram" : IsGauge ? "gauge" : "counter")}\n");
                if (IsHistogram)
                    WriteHistogram(text);
                foreach (var (labels, value) in _values)
                    text.Append(CultureInfo.InvariantCulture, $"{instrument.Name}{labels} {value}\n");
                if (_values.Count == 0 && !IsHistogram && !IsObservable)
                    text.Append(CultureInfo.InvariantCulture, $"{instrument.Name} 0\n");
            }
        }

        private void WriteHistogram(StringBuilder text)
        {
            long count = 0;
            for (var i = 0; i < _bounds.Length; i++)
            {
                count += Counts[i];
                text.Append(CultureInfo.InvariantCulture, $"{instrument.Name}_bucket{{le=\"{_bounds[i]}\"}} {count}\n");
            }

            count += Counts[^1];
            text.Append(CultureInfo.InvariantCulture, $"{instrument.Name}_bucket{{le=\"+Inf\"}} {count}\n{instrument.Name}_sum {_sum}\n{instrument.Name}_count {count}\n");
        }

        private static string Escaped(string? text) => (text ?? "").Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

        private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (tags.IsEmpty)
                return "";
            var labels = new StringBuilder("{");
            foreach (var tag in tags)
                labels.Append(labels.Length > 1 ? "," : "").Append(CultureInfo.InvariantCulture, $"{tag.Key}=\"{Escaped(tag.Value?.ToString()).Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
            return labels.Append('}').ToString();
        }
    }
}
