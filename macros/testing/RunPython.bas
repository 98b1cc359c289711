Attribute VB_Name = "xlwings"
Option Explicit

' Stands in for the modules of xlwings where LibreOffice runs the macros: these use what it lacks, and would disable
' them all. The environment variable CMS_RUNPYTHON names a program. It is given the number of the call, finds what to
' run in the file of its own name with that number and ".command", and when it has ended writes its exit code to the
' file with ".done".

Private calls As Integer

Public Function RunPython(PythonCommand As String)
    Dim files As String, code As String, number As Integer, waited As Integer, file As Integer
    RunPython = -1
    calls = calls + 1
    number = calls ' a call can begin while another one waits
    files = Environ("CMS_RUNPYTHON") & "." & number
    file = FreeFile
    Open files & ".command" For Output As #file
    Print #file, PythonCommand
    Close #file
    Shell Environ("CMS_RUNPYTHON"), 0, CStr(number)
    Do While Dir(files & ".done") = "" ' not a Shell that waits: Python needs this program to answer meanwhile
        Wait 10
        waited = waited + 1
        If waited > 6000 Then Exit Function ' a minute: that program has died
    Loop
    file = FreeFile
    Open files & ".done" For Input As #file
    Line Input #file, code
    Close #file
    Kill files & ".done"
    Kill files & ".command" ' gone: the call has ended
    RunPython = -CInt(code)
End Function
