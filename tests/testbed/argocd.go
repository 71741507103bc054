package testbed

import (
	"os"
	"os/exec"
	"path/filepath"
)

// CMPServer is a running argocd-cmp-server, as it is in a sidecar of Argo CD's
// repo-server: it runs one config management plugin.
type CMPServer struct {
	*process
	// Sockets is the folder that a repo-server looks for the plugin's socket in
	// (ARGOCD_PLUGINSOCKFILEPATH).
	Sockets string
	folder  string
}

// StartCMPServer starts argocd-cmp-server from the binary that ArgoCDProgram
// builds, with the text of a plugin.yaml. It runs the plugin's commands with this
// environment and with what a request adds to it. It has a work folder of its own,
// with a short name, since the path of a socket has 108 bytes at most. Its log is
// written to a file, at the level that Argo CD's manifests set (info). It takes
// about 100 ms and 60 MB.
func StartCMPServer(binary, plugin string, environment []string, logFile string) (*CMPServer, error) {
	folder, err := os.MkdirTemp("", "cmp-")
	if err != nil {
		return nil, err
	}
	s := &CMPServer{Sockets: filepath.Join(folder, "plugins"), folder: folder}
	if err := s.start(binary, plugin, environment, logFile); err != nil {
		os.RemoveAll(folder)
		return nil, err
	}
	return s, nil
}

func (s *CMPServer) start(binary, plugin string, environment []string, logFile string) error {
	config := filepath.Join(s.folder, "config")
	for _, folder := range []string{config, s.Sockets} {
		if err := os.Mkdir(folder, 0o755); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(config, "plugin.yaml"), []byte(plugin), 0o644); err != nil {
		return err
	}
	log, err := os.OpenFile(logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close() // the server has its own
	cmd := exec.Command(binary, "cmp-server", "--config-dir-path", config)
	cmd.Env = append(environment[:len(environment):len(environment)],
		"ARGOCD_PLUGINSOCKFILEPATH="+s.Sockets,
		"ARGOCD_CMP_WORKDIR="+s.folder,
	)
	cmd.Stderr = log
	s.process, err = startCommand(cmd, logOf(logFile))
	return err
}

// Stop ends the server, and removes its work folder.
func (s *CMPServer) Stop() {
	s.process.Stop()
	os.RemoveAll(s.folder)
}

// logOf is a log that is read when it is asked for.
type logOf string

func (file logOf) String() string {
	text, err := os.ReadFile(string(file))
	if err != nil {
		return err.Error()
	}
	return string(text)
}
