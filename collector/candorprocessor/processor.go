package candorprocessor

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processorhelper"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"
)

// NewFactory makes processors of the type `candor`.
func NewFactory() processor.Factory {
	return processor.NewFactory(component.MustNewType("candor"), createDefaultConfig,
		processor.WithTraces(createTraces, component.StabilityLevelDevelopment),
		processor.WithLogs(createLogs, component.StabilityLevelDevelopment))
}

func createDefaultConfig() component.Config {
	return &Config{Consent: "default", Instances: 2, ReloadInterval: 10 * time.Second, Timeout: 10 * time.Second}
}

func createTraces(ctx context.Context, set processor.Settings, config component.Config, next consumer.Traces) (processor.Traces, error) {
	g, err := newGate(set, config.(*Config))
	if err != nil {
		return nil, err
	}
	return processorhelper.NewTraces(ctx, set, config, next, g.traces, g.options()...)
}

func createLogs(ctx context.Context, set processor.Settings, config component.Config, next consumer.Logs) (processor.Logs, error) {
	g, err := newGate(set, config.(*Config))
	if err != nil {
		return nil, err
	}
	return processorhelper.NewLogs(ctx, set, config, next, g.logs, g.options()...)
}

// gate is one processor.
type gate struct {
	config *Config
	logger *zap.Logger
	pool   *pool

	passed, stopped, failed, reloads metric.Int64Counter

	stop    context.CancelFunc
	watcher sync.WaitGroup
}

func newGate(set processor.Settings, config *Config) (*gate, error) {
	g := &gate{config: config, logger: set.Logger}
	meter := set.MeterProvider.Meter("candor.invalid/collector/candorprocessor")
	for _, counter := range []struct {
		place             *metric.Int64Counter
		name, description string
	}{
		{&g.passed, "candor_passed", "Signals that passed."},
		{&g.stopped, "candor_stopped", "Signals and parts of signals that did not pass, by reason."},
		{&g.failed, "candor_failed", "Requests that could not be judged, and so did not pass."},
		{&g.reloads, "candor_reloads", "Catalogues that were taken over, or refused."},
	} {
		made, err := meter.Int64Counter(counter.name, metric.WithDescription(counter.description))
		if err != nil {
			return nil, err
		}
		*counter.place = made
	}
	return g, nil
}

func (g *gate) options() []processorhelper.Option {
	return []processorhelper.Option{
		processorhelper.WithCapabilities(consumer.Capabilities{MutatesData: true}),
		processorhelper.WithStart(g.start),
		processorhelper.WithShutdown(g.shutdown),
	}
}

func (g *gate) start(_ context.Context, _ component.Host) error {
	// The context of a start ends with it.
	opened, err := newPool(context.Background(), g.config.Module, g.config.Catalogue, g.config.Instances)
	if err != nil {
		return err
	}
	// A consent that the catalogue doesn't have is found now and not with the first request.
	if _, err := opened.pass(context.Background(), traces, g.config.Consent, nil); err != nil {
		return fmt.Errorf("consent: %w", err)
	}
	g.pool = opened
	ctx, stop := context.WithCancel(context.Background())
	g.stop = stop
	if g.config.ReloadInterval > 0 {
		g.watcher.Add(1)
		go g.watch(ctx)
	}
	return nil
}

func (g *gate) shutdown(ctx context.Context) error {
	if g.stop == nil {
		return nil
	}
	g.stop()
	g.watcher.Wait()
	return g.pool.close(ctx)
}

// watch takes over a catalogue that was written anew.
func (g *gate) watch(ctx context.Context) {
	defer g.watcher.Done()
	ticker := time.NewTicker(g.config.ReloadInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			g.reload(ctx)
		}
	}
}

func (g *gate) reload(ctx context.Context) {
	isNew, err := g.pool.reload(ctx)
	switch {
	case err != nil && ctx.Err() == nil:
		g.reloads.Add(ctx, 1, metric.WithAttributes(attribute.String("outcome", "refused")))
		g.logger.Warn("the catalogue before stays in force", zap.Error(err))
	case isNew:
		g.reloads.Add(ctx, 1, metric.WithAttributes(attribute.String("outcome", "taken")))
		g.logger.Info("a new catalogue is in force")
	}
}

func (g *gate) traces(ctx context.Context, data ptrace.Traces) (ptrace.Traces, error) {
	request, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(data)
	if err != nil {
		return ptrace.Traces{}, err
	}
	body, err := g.judge(ctx, traces, request)
	if err != nil {
		return ptrace.Traces{}, err
	}
	return (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(body)
}

func (g *gate) logs(ctx context.Context, data plog.Logs) (plog.Logs, error) {
	request, err := (&plog.ProtoMarshaler{}).MarshalLogs(data)
	if err != nil {
		return plog.Logs{}, err
	}
	body, err := g.judge(ctx, logs, request)
	if err != nil {
		return plog.Logs{}, err
	}
	return (&plog.ProtoUnmarshaler{}).UnmarshalLogs(body)
}

// judge gives the request that may pass. What can't be judged doesn't pass: the error drops the request.
func (g *gate) judge(ctx context.Context, kind uint32, request []byte) ([]byte, error) {
	limited, cancel := context.WithTimeout(ctx, g.config.Timeout)
	defer cancel()
	passed, err := g.pool.pass(limited, kind, g.config.Consent, request)
	if err != nil {
		g.failed.Add(ctx, 1)
		return nil, err
	}
	g.passed.Add(ctx, int64(passed.signals))
	for reason, count := range reasons(passed.report) {
		g.stopped.Add(ctx, count, metric.WithAttributes(attribute.String("reason", reason)))
	}
	if passed.signals == 0 {
		return nil, processorhelper.ErrSkipProcessingData
	}
	return passed.body, nil
}
