package candorprocessor

import (
	"errors"
	"time"
)

// Config of the processor.
type Config struct {
	// Module is the path of candor_gate.wasm.
	Module string `mapstructure:"module"`
	// Catalogue is the path of the catalogue's document, as `candor extract` prints it.
	Catalogue string `mapstructure:"catalogue"`
	// Consent is `default`, `opted-in`, names of channels with commas, or `marked`: each signal passes with the
	// permissions that its marker `candor.channels` names. The marker itself never passes.
	Consent string `mapstructure:"consent"`
	// Instances is the number of requests that are judged at once.
	Instances int `mapstructure:"instances"`
	// ReloadInterval says how often the catalogue's file is looked at; 0 for never.
	ReloadInterval time.Duration `mapstructure:"reload_interval"`
	// Timeout bounds how long one request may take.
	Timeout time.Duration `mapstructure:"timeout"`
}

// Validate says what is missing.
func (c *Config) Validate() error {
	switch {
	case c.Module == "":
		return errors.New("module: the path of candor_gate.wasm is missing")
	case c.Catalogue == "":
		return errors.New("catalogue: the path of the catalogue's document is missing")
	case c.Consent == "":
		return errors.New("consent: write default, opted-in, names of channels, or marked")
	case c.Instances < 1 || c.Instances > 64:
		return errors.New("instances: between 1 and 64")
	case c.ReloadInterval < 0 || c.Timeout <= 0:
		return errors.New("reload_interval and timeout are lengths of time")
	}
	return nil
}
