using System.Reactive.Disposables;
using System.Reactive.Linq;

namespace StreamEdge;

/// <summary>Those who watch a step's output. They get copies, and a watcher that throws is let go, so none can harm the pipeline.</summary>
sealed class Observers
{
    static readonly BatchPool s_copies = new();
    readonly Lock _changing = new();
    IObserver<Batch>[] _observers = [];
    bool _complete;
    Exception? _failure;

    public bool Any => Volatile.Read(ref _observers).Length > 0;

    public IObservable<Batch> Observable => System.Reactive.Linq.Observable.Create<Batch>(observer =>
    {
        lock (_changing)
        {
            if (!_complete)
            {
                Volatile.Write(ref _observers, [.. _observers, observer]);
                return Disposable.Create(() => Remove(observer));
            }
        }

        End(observer, _failure);
        return Disposable.Empty;
    });

    public void Show(Batch batch)
    {
        foreach (var observer in Volatile.Read(ref _observers))
        {
            try
            {
                observer.OnNext(batch.Copy(s_copies));
            }
            catch (Exception error)
            {
                // The watcher's fault, not the pipeline's: it is told, and not called again.
                Remove(observer);
                End(observer, error);
            }
        }
    }

    /// <summary>Tells those who watch, and those who come later, that nothing more will come. Only the first call counts.</summary>
    public void Complete(Exception? failure)
    {
        IObserver<Batch>[] observers;
        lock (_changing)
        {
            if (_complete) return;
            (_complete, _failure, observers) = (true, failure, _observers);
            Volatile.Write(ref _observers, []);
        }

        foreach (var observer in observers) End(observer, failure);
    }

    static void End(IObserver<Batch> observer, Exception? failure)
    {
        try
        {
            if (failure is null) observer.OnCompleted();
            else observer.OnError(failure);
        }
        catch (Exception)
        {
            // A watcher without an error handler of its own throws the pipeline's failure back; the pipeline reports it anyway.
        }
    }

    void Remove(IObserver<Batch> observer)
    {
        lock (_changing) Volatile.Write(ref _observers, [.. _observers.Where(o => o != observer)]);
    }
}
