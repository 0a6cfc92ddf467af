// Package candorprocessor lets pass of telemetry what a Candor catalogue lists and consent allows.
//
// The rules are those of candor-gate, a WebAssembly module, so that they are the same everywhere. Nothing in Go decides
// what may pass.
package candorprocessor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// The kinds of request, as the module numbers them.
const (
	traces uint32 = 1
	logs   uint32 = 2
)

// Most pages of memory of one instance: 128 MiB. A request that needs more traps.
const maxPages = 2048

// An instance that grew beyond this many bytes is closed after its call, since memory never shrinks.
const maxKeptMemory = 24 << 20

// errTrapped says that an instance can't be used any more.
var errTrapped = errors.New("the module trapped")

// module is the compiled module. It has no state; instances have.
type module struct {
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
}

func compile(ctx context.Context, wasm []byte) (*module, error) {
	// A call ends when its context does, so that no request holds an instance for ever.
	config := wazero.NewRuntimeConfig().WithMemoryLimitPages(maxPages).WithCloseOnContextDone(true)
	runtime := wazero.NewRuntimeWithConfig(ctx, config)
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, runtime); err != nil {
		return nil, errors.Join(err, runtime.Close(ctx))
	}
	compiled, err := runtime.CompileModule(ctx, wasm)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the module can't be compiled: %w", err), runtime.Close(ctx))
	}
	return &module{runtime: runtime, compiled: compiled}, nil
}

// instance is one instance of the module with an opened catalogue. One call at a time.
type instance struct {
	module    api.Module
	catalogue uint64
	functions map[string]api.Function
}

// answer is what a call gives back.
type answer struct {
	signals uint32
	body    []byte
	report  []byte
}

func (m *module) open(ctx context.Context, document []byte) (*instance, error) {
	// It has neither files, nor a clock, nor arguments, nor an environment.
	config := wazero.NewModuleConfig().WithName("").WithStartFunctions("_initialize")
	inner, err := m.runtime.InstantiateModule(ctx, m.compiled, config)
	if err != nil {
		return nil, fmt.Errorf("the module can't be started: %w", err)
	}
	i := &instance{module: inner, functions: map[string]api.Function{}}
	for _, name := range []string{"candor_open", "candor_pass", "candor_free", "candor_alloc", "candor_dealloc"} {
		if i.functions[name] = inner.ExportedFunction(name); i.functions[name] == nil {
			return nil, errors.Join(fmt.Errorf("the module has no function %s", name), inner.Close(ctx))
		}
	}
	if err := i.openCatalogue(ctx, document); err != nil {
		return nil, errors.Join(err, inner.Close(ctx))
	}
	return i, nil
}

func (i *instance) openCatalogue(ctx context.Context, document []byte) error {
	place, err := i.call(ctx, "candor_alloc", 4)
	if err != nil {
		return err
	}
	given, err := i.give(ctx, document)
	if err != nil {
		return err
	}
	pointer, err := i.call(ctx, "candor_open", given, uint64(len(document)), place)
	if err != nil {
		return err
	}
	if _, err := i.take(ctx, pointer); err != nil {
		return err
	}
	catalogue, ok := i.module.Memory().ReadUint32Le(uint32(place))
	if !ok || catalogue == 0 {
		return errTrapped
	}
	i.catalogue = uint64(catalogue)
	_, err = i.call(ctx, "candor_dealloc", given, uint64(len(document)))
	return err
}

// pass rebuilds a request in protobuf. After errTrapped the instance must not be used.
func (i *instance) pass(ctx context.Context, kind uint32, consent string, request []byte) (answer, error) {
	given, err := i.give(ctx, []byte(consent), request)
	if err != nil {
		return answer{}, err
	}
	length := uint64(len(consent) + len(request))
	at := given + uint64(len(consent))
	pointer, err := i.call(ctx, "candor_pass", i.catalogue, uint64(kind), given, uint64(len(consent)), at, uint64(len(request)))
	if err != nil {
		return answer{}, err
	}
	taken, failed := i.take(ctx, pointer)
	if _, err := i.call(ctx, "candor_dealloc", given, length); err != nil {
		return answer{}, err
	}
	return taken, failed
}

// give puts bytes into the module's memory, one after the other.
func (i *instance) give(ctx context.Context, parts ...[]byte) (uint64, error) {
	length := 0
	for _, part := range parts {
		length += len(part)
	}
	if length > math.MaxInt32 {
		return 0, errors.New("the request is too large")
	}
	pointer, err := i.call(ctx, "candor_alloc", uint64(length))
	if err != nil {
		return 0, err
	}
	at := uint32(pointer)
	for _, part := range parts {
		if !i.module.Memory().Write(at, part) {
			return 0, errTrapped
		}
		at += uint32(len(part))
	}
	return pointer, nil
}

// take copies an answer out of the module's memory, and frees it there.
func (i *instance) take(ctx context.Context, pointer uint64) (answer, error) {
	memory := i.module.Memory()
	var fields [6]uint32 // status, signals, body and its length, report and its length
	for n := range fields {
		field, ok := memory.ReadUint32Le(uint32(pointer) + uint32(4*n))
		if !ok {
			return answer{}, errTrapped
		}
		fields[n] = field
	}
	body, fine := memory.Read(fields[2], fields[3])
	report, alsoFine := memory.Read(fields[4], fields[5])
	if !fine || !alsoFine {
		return answer{}, errTrapped
	}
	taken := answer{signals: fields[1], body: append([]byte{}, body...), report: append([]byte{}, report...)}
	if _, err := i.call(ctx, "candor_free", pointer); err != nil {
		return answer{}, err
	}
	switch fields[0] {
	case 0:
		return taken, nil
	case 1:
		return answer{}, fmt.Errorf("the module refused: %s", taken.report)
	default:
		return answer{}, errTrapped
	}
}

func (i *instance) call(ctx context.Context, name string, arguments ...uint64) (uint64, error) {
	results, err := i.functions[name].Call(ctx, arguments...)
	if err != nil {
		return 0, fmt.Errorf("%w in %s: %v", errTrapped, name, err)
	}
	if len(results) == 0 {
		return 0, nil
	}
	return results[0], nil
}

func (i *instance) isTooLarge() bool {
	return i.module.Memory().Size() > maxKeptMemory
}

// reasons reads the counts by reason of a report.
func reasons(report []byte) map[string]int64 {
	var read struct {
		Reasons map[string]int64 `json:"reasons"`
	}
	if len(report) == 0 || json.Unmarshal(report, &read) != nil {
		return nil
	}
	return read.Reasons
}
