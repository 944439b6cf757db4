package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/internal/ui"
)

// uiAddress is where the page is served when nothing else is said.
const uiAddress = "127.0.0.1:7468"

// uiCommand serves the page of runs on this machine.
func (a *command) uiCommand() *cobra.Command {
	var f inputFlags
	var address string
	cmd := &cobra.Command{
		Use:   "ui",
		Short: "Serve the runs of the store as a live page, for this machine only",
		Args:  operands(nil, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := ownAddress(address); err != nil {
				return err
			}
			return a.withStore(cmd.Context(), &f, func(st *store.Store) error {
				return a.serve(cmd.Context(), st, &f, address, !cmd.Flags().Changed("address"))
			})
		},
	}
	f.registerStore(cmd)
	cmd.Flags().StringVar(&address, "address", uiAddress, "address of this machine to listen on, HOST:PORT; port 0: any free port")
	return cmd
}

// serve serves until the context ends.
func (a *command) serve(ctx context.Context, st *store.Store, f *inputFlags, address string, anyPort bool) error {
	listener, err := listen(ctx, address, anyPort)
	if err != nil {
		return err
	}
	o := a.reportOptions(st, f)
	server := &http.Server{
		Handler: ui.New(listener.Addr(), ui.Options{
			Store: st, Program: o.Program, Commands: o.Commands, Runs: a.listOnce(st),
		}),
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx }, // browsers that watch let go when it ends
	}
	fmt.Fprintf(a.stderr, "serving the runs of %s\n", st)
	fmt.Fprintf(a.stdout, "http://%s/\n", listener.Addr())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err = <-ended:
		return fail(ExitEnvironment, "cannot serve: %w", err)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if server.Shutdown(last) != nil {
		_ = server.Close()
	}
	return nil
}

// ownAddress refuses an address that other machines reach.
func ownAddress(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("--address %s: want HOST:PORT, such as %s", address, uiAddress)
	}
	if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.IsLoopback()) {
		return fmt.Errorf("--address %s: the page serves this machine only; use 127.0.0.1, ::1 or localhost. From elsewhere, forward the port: ssh -L", address)
	}
	return nil
}

// listen listens at an address; where the usual port is taken, at any other.
func listen(ctx context.Context, address string, anyPort bool) (net.Listener, error) {
	var c net.ListenConfig
	l, err := c.Listen(ctx, "tcp", address)
	if anyPort && errors.Is(err, syscall.EADDRINUSE) {
		l, err = c.Listen(ctx, "tcp", "127.0.0.1:0")
	}
	if err != nil {
		return nil, fail(ExitEnvironment, "cannot listen: %w", err)
	}
	return l, nil
}
