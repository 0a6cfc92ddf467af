package candorprocessor

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"sync"
)

// pool holds instances of one module for one catalogue at a time.
//
// A slot is an instance, or the right to make one. An instance that trapped or that opened an older catalogue is closed,
// and its slot stays.
type pool struct {
	module *module
	path   string
	slots  chan *held

	mutex    sync.Mutex
	document []byte
	sum      [sha256.Size]byte
}

// held is an instance and the catalogue that it opened.
type held struct {
	instance *instance
	sum      [sha256.Size]byte
}

func newPool(ctx context.Context, wasm, catalogue string, size int) (*pool, error) {
	code, err := os.ReadFile(wasm)
	if err != nil {
		return nil, fmt.Errorf("the module can't be read: %w", err)
	}
	compiled, err := compile(ctx, code)
	if err != nil {
		return nil, err
	}
	p := &pool{module: compiled, path: catalogue, slots: make(chan *held, size)}
	for range size {
		p.slots <- &held{}
	}
	if _, err := p.reload(ctx); err != nil {
		return nil, errors.Join(err, p.close(ctx))
	}
	return p, nil
}

// reload reads the catalogue again. One that can't be opened changes nothing: the one before stays in force.
func (p *pool) reload(ctx context.Context) (bool, error) {
	document, err := os.ReadFile(p.path)
	if err != nil {
		return false, fmt.Errorf("the catalogue can't be read: %w", err)
	}
	sum := sha256.Sum256(document)
	p.mutex.Lock()
	isKnown := p.document != nil && sum == p.sum
	p.mutex.Unlock()
	if isKnown {
		return false, nil
	}
	first, err := p.module.open(ctx, document)
	if err != nil {
		return false, err
	}
	p.mutex.Lock()
	p.document, p.sum = document, sum
	p.mutex.Unlock()
	return true, first.module.Close(ctx)
}

// pass rebuilds a request with an instance of the present catalogue, and waits for one if all are busy.
func (p *pool) pass(ctx context.Context, kind uint32, consent string, request []byte) (answer, error) {
	var slot *held
	select {
	case slot = <-p.slots:
	case <-ctx.Done():
		return answer{}, ctx.Err()
	}
	defer func() { p.slots <- slot }()
	if err := p.prepare(ctx, slot); err != nil {
		return answer{}, err
	}
	passed, err := slot.instance.pass(ctx, kind, consent, request)
	if errors.Is(err, errTrapped) || slot.instance.isTooLarge() {
		p.discard(ctx, slot)
	}
	return passed, err
}

// prepare sees to it that a slot has an instance of the present catalogue.
func (p *pool) prepare(ctx context.Context, slot *held) error {
	p.mutex.Lock()
	document, sum := p.document, p.sum
	p.mutex.Unlock()
	if slot.instance != nil && slot.sum == sum {
		return nil
	}
	p.discard(ctx, slot)
	opened, err := p.module.open(ctx, document)
	if err != nil {
		return err
	}
	slot.instance, slot.sum = opened, sum
	return nil
}

func (p *pool) discard(ctx context.Context, slot *held) {
	if slot.instance != nil {
		// The memory goes with it, whatever closing says.
		_ = slot.instance.module.Close(ctx)
		slot.instance = nil
	}
}

func (p *pool) close(ctx context.Context) error {
	return p.module.runtime.Close(ctx)
}
