using System.Reactive.Disposables;
using System.Reactive.Linq;

namespace StreamEdge;

/// <summary>Those who watch a step's output. They get copies, and a watcher that throws is let go, so none can harm the pipeline.</summary>
sealed class Observers
{
    static readonly BatchPool s_copies = new();
    readonly Lock _changing = new();
    IObserver<Batch>[] _observers = [];

    public bool Any => Volatile.Read(ref _observers).Length > 0;

    public IObservable<Batch> Observable => System.Reactive.Linq.Observable.Create<Batch>(observer =>
    {
        lock (_changing) Volatile.Write(ref _observers, [.. _observers, observer]);
        return Disposable.Create(() => Remove(observer));
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
                observer.OnError(error);
            }
        }
    }

    public void Complete(Exception? error)
    {
        IObserver<Batch>[] observers;
        lock (_changing)
        {
            observers = _observers;
            Volatile.Write(ref _observers, []);
        }

        foreach (var observer in observers)
        {
            if (error is null) observer.OnCompleted();
            else observer.OnError(error);
        }
    }

    void Remove(IObserver<Batch> observer)
    {
        lock (_changing) Volatile.Write(ref _observers, [.. _observers.Where(o => o != observer)]);
    }
}
