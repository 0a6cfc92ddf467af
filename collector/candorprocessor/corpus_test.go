package candorprocessor

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor/processortest"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// Where the module and the corpus are: `cargo test -p candor-gate` and `collector/module.sh` put them there.
const (
	wasm   = "../../target/wasm32-wasip1/gate/candor_gate.wasm"
	folder = "../../target/corpus"
)

// entry is a request, and what passes of it.
type entry struct {
	Name      string `json:"name"`
	Catalogue string `json:"catalogue"`
	Signals   uint32 `json:"signals"`
	Consent   string `json:"consent"`
	Request   string `json:"request"`
	Passed    string `json:"passed"`
	Count     uint32 `json:"count"`
	Report    string `json:"report"`
}

func corpus(t *testing.T) []entry {
	file, err := os.Open(filepath.Join(folder, "corpus.ndjson"))
	if err != nil {
		t.Fatalf("no corpus: run `cargo test -p candor-gate` first: %v", err)
	}
	defer file.Close()
	var entries []entry
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var one entry
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			t.Fatal(err)
		}
		entries = append(entries, one)
	}
	if lines.Err() != nil || len(entries) < 1000 {
		t.Fatalf("%d entries: %v", len(entries), lines.Err())
	}
	return entries
}

func document(catalogue string) string {
	return filepath.Join(folder, catalogue+".json")
}

// pools has one pool for each catalogue.
func pools(t *testing.T) map[string]*pool {
	made := map[string]*pool{}
	for _, name := range []string{"crewai", "channels", "resource"} {
		one, err := newPool(context.Background(), wasm, document(name), 1)
		if err != nil {
			t.Fatalf("no module: run `collector/module.sh` first: %v", err)
		}
		t.Cleanup(func() { _ = one.close(context.Background()) })
		made[name] = one
	}
	return made
}

func TestTheModuleGivesTheSame(t *testing.T) {
	made := pools(t)
	for _, one := range corpus(t) {
		passed, err := made[one.Catalogue].pass(context.Background(), one.Signals, one.Consent, []byte(one.Request))
		if err != nil {
			t.Fatalf("%s: %v", one.Name, err)
		}
		expected, _ := base64.StdEncoding.DecodeString(one.Passed)
		if !bytes.Equal(passed.body, expected) || passed.signals != one.Count || string(passed.report) != one.Report {
			t.Fatalf("%s at %s: %d signals\n%q instead of\n%q\n%s instead of\n%s",
				one.Name, one.Consent, passed.signals, passed.body, expected, passed.report, one.Report)
		}
	}
}

// sent makes a processor that sends into a sink, and reads its own counters.
type sent struct {
	traces *consumertest.TracesSink
	logs   *consumertest.LogsSink
	gate   func(one entry) error
	// refused counts the requests that the Collector does not take in.
	refused int
	reader  *sdkmetric.ManualReader
}

func newSent(t *testing.T, config *Config) *sent {
	s := &sent{traces: new(consumertest.TracesSink), logs: new(consumertest.LogsSink), reader: sdkmetric.NewManualReader()}
	factory := NewFactory()
	settings := processortest.NewNopSettings(factory.Type())
	settings.MeterProvider = sdkmetric.NewMeterProvider(sdkmetric.WithReader(s.reader))
	spans, err := factory.CreateTraces(context.Background(), settings, config, s.traces)
	if err != nil {
		t.Fatal(err)
	}
	records, err := factory.CreateLogs(context.Background(), settings, config, s.logs)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range []interface {
		Start(context.Context, component.Host) error
		Shutdown(context.Context) error
	}{spans, records} {
		if err := one.Start(context.Background(), componenttest.NewNopHost()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = one.Shutdown(context.Background()) })
	}
	s.gate = func(one entry) error {
		if one.Signals == traces {
			data, err := (&ptrace.JSONUnmarshaler{}).UnmarshalTraces([]byte(one.Request))
			if err != nil {
				s.refused++
				return nil
			}
			return spans.ConsumeTraces(context.Background(), data)
		}
		data, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs([]byte(one.Request))
		if err != nil {
			s.refused++
			return nil
		}
		return records.ConsumeLogs(context.Background(), data)
	}
	return s
}

func (s *sent) count(t *testing.T, name string) map[string]int64 {
	var all metricdata.ResourceMetrics
	if err := s.reader.Collect(context.Background(), &all); err != nil {
		t.Fatal(err)
	}
	counts := map[string]int64{}
	for _, scope := range all.ScopeMetrics {
		for _, one := range scope.Metrics {
			if sum, ok := one.Data.(metricdata.Sum[int64]); ok && one.Name == name {
				for _, point := range sum.DataPoints {
					label, _ := point.Attributes.Value("reason")
					counts[label.AsString()] += point.Value
				}
			}
		}
	}
	return counts
}

// TestTheProcessorGivesTheSame sends what the Collector takes in, and compares what arrives with what the module makes of
// the Collector's own bytes: equal to the corpus where the Collector's form of the request is the corpus's.
func TestTheProcessorGivesTheSame(t *testing.T) {
	arrived, refused := 0, 0
	senders := map[string]*sent{}
	for _, one := range corpus(t) {
		key := one.Catalogue + " " + one.Consent
		if senders[key] == nil {
			config := createDefaultConfig().(*Config)
			config.Module, config.Catalogue, config.Consent, config.Instances = wasm, document(one.Catalogue), one.Consent, 1
			config.Timeout = time.Minute
			senders[key] = newSent(t, config)
		}
		s := senders[key]
		s.traces.Reset()
		s.logs.Reset()
		before := s.refused
		if err := s.gate(one); err != nil {
			t.Fatalf("%s: %v", one.Name, err)
		}
		if s.refused > before {
			refused++
			continue
		}
		expected, _ := base64.StdEncoding.DecodeString(one.Passed)
		var got []byte
		for _, data := range s.traces.AllTraces() {
			got, _ = (&ptrace.ProtoMarshaler{}).MarshalTraces(data)
		}
		for _, data := range s.logs.AllLogs() {
			got, _ = (&plog.ProtoMarshaler{}).MarshalLogs(data)
		}
		if bytes.Contains(got, []byte("CANARY")) {
			t.Fatalf("%s at %s: a canary", one.Name, one.Consent)
		}
		if want := normal(t, one.Signals, expected); !bytes.Equal(got, want) {
			t.Fatalf("%s at %s:\n%q instead of\n%q", one.Name, one.Consent, got, want)
		}
		if len(got) > 0 {
			arrived++
		}
	}
	if arrived < 500 || refused > 50 {
		t.Fatalf("%d requests arrived, %d were not taken in", arrived, refused)
	}
}

// normal is a request as the Collector writes it.
func normal(t *testing.T, kind uint32, body []byte) []byte {
	if len(body) == 0 {
		return nil
	}
	var written []byte
	if kind == traces {
		data, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(body)
		if err != nil {
			t.Fatal(err)
		}
		written, _ = (&ptrace.ProtoMarshaler{}).MarshalTraces(data)
		return written
	}
	data, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs(body)
	if err != nil {
		t.Fatal(err)
	}
	written, _ = (&plog.ProtoMarshaler{}).MarshalLogs(data)
	return written
}

func used(attributes string) entry {
	return entry{Signals: traces, Request: `{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"Used","attributes":[` + attributes + `]}]}]}]}`}
}

func TestItCountsWhatPassedAndWhatNot(t *testing.T) {
	config := createDefaultConfig().(*Config)
	config.Module, config.Catalogue = wasm, document("channels")
	s := newSent(t, config)
	one := used(`{"key":"runs","value":{"intValue":"1"}},{"key":"note","value":{"stringValue":"n"}},{"key":"x","value":{"intValue":"1"}}`)
	for range 3 {
		if err := s.gate(one); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.count(t, "candor_passed")[""]; got != 3 {
		t.Fatalf("%d passed", got)
	}
	if got := s.count(t, "candor_stopped"); got["consent"] != 3 || got["unknown"] != 3 {
		t.Fatalf("stopped: %v", got)
	}
}

func TestANewCatalogueIsTakenOverAndABrokenOneIsNot(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalogue.json")
	wide, err := os.ReadFile(document("channels"))
	if err != nil {
		t.Fatal(err)
	}
	write := func(text []byte) {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(wide)
	p, err := newPool(context.Background(), wasm, path, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.close(context.Background()) }()
	passes := func() uint32 {
		passed, err := p.pass(context.Background(), traces, "default", []byte(used(`{"key":"runs","value":{"intValue":"1"}}`).Request))
		if err != nil {
			t.Fatal(err)
		}
		return passed.signals
	}
	if passes() != 1 {
		t.Fatal("it passes at first")
	}
	write([]byte("{"))
	if isNew, err := p.reload(context.Background()); err == nil || isNew || passes() != 1 {
		t.Fatalf("a broken catalogue is refused: %v", err)
	}
	write(bytes.ReplaceAll(wide, []byte(`"Used"`), []byte(`"Used no more"`)))
	if isNew, err := p.reload(context.Background()); err != nil || !isNew || passes() != 0 {
		t.Fatalf("the narrower catalogue is in force: %v", err)
	}
	if isNew, err := p.reload(context.Background()); err != nil || isNew {
		t.Fatalf("nothing changed: %v", err)
	}
}

func TestAnInstanceThatTrapsIsDiscarded(t *testing.T) {
	p, err := newPool(context.Background(), wasm, document("channels"), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.close(context.Background()) }()
	request := []byte(used(`{"key":"runs","value":{"intValue":"1"}}`).Request)
	if _, err := p.pass(context.Background(), traces, "default", request); err != nil {
		t.Fatal(err)
	}
	slot := <-p.slots
	before := slot.instance
	before.catalogue = 0xffff_fff0 // beyond its memory: reading it traps
	p.slots <- slot
	if _, err := p.pass(context.Background(), traces, "default", request); err == nil {
		t.Fatal("it traps")
	}
	passed, err := p.pass(context.Background(), traces, "default", request)
	if err != nil || passed.signals != 1 {
		t.Fatalf("the next request gets another instance: %v", err)
	}
	if slot := <-p.slots; slot.instance == before {
		t.Fatal("it is the instance that trapped")
	}
}

func TestManyRequestsAtOnce(t *testing.T) {
	p, err := newPool(context.Background(), wasm, document("channels"), 2)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.close(context.Background()) }()
	request := []byte(used(`{"key":"runs","value":{"intValue":"1"}}`).Request)
	var group sync.WaitGroup
	for range 16 {
		group.Add(1)
		go func() {
			defer group.Done()
			for range 50 {
				if passed, err := p.pass(context.Background(), traces, "marked", request); err != nil || passed.signals != 1 {
					t.Errorf("%d signals: %v", passed.signals, err)
				}
			}
		}()
	}
	group.Wait()
	memory := uint32(0)
	for range 2 {
		slot := <-p.slots
		if slot.instance != nil {
			memory += slot.instance.module.Memory().Size()
		}
	}
	if memory > 64<<20 {
		t.Fatalf("two instances take %d bytes", memory)
	}
}

func TestWhatIsMissingIsSaidAtTheStart(t *testing.T) {
	for _, config := range []Config{
		{Module: "missing.wasm", Catalogue: document("channels"), Consent: "default", Instances: 1},
		{Module: wasm, Catalogue: "missing.json", Consent: "default", Instances: 1},
		{Module: wasm, Catalogue: document("channels"), Consent: "nobody", Instances: 1},
	} {
		g := &gate{config: &config}
		if err := g.start(context.Background(), componenttest.NewNopHost()); err == nil {
			t.Errorf("%v starts", config)
		}
	}
	if err := (&Config{}).Validate(); err == nil {
		t.Error("an empty configuration is refused")
	}
}
